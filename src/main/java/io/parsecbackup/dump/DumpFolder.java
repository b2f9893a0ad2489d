package io.parsecbackup.dump;

import io.parsecbackup.Cancellation;
import io.parsecbackup.Problem;
import io.parsecbackup.dump.archive.DumpCheck;
import io.parsecbackup.dump.archive.DumpFormat;
import io.parsecbackup.postgres.PgTools;
import io.parsecbackup.postgres.PgVersion;
import io.parsecbackup.repository.encryption.EncryptedNames;
import io.parsecbackup.repository.encryption.Encryption;
import io.parsecbackup.repository.encryption.ReadableFile;
import io.parsecbackup.repository.encryption.Recipients;
import io.parsecbackup.repository.storage.Checksums;
import io.parsecbackup.repository.storage.Folders;
import io.parsecbackup.repository.storage.PlainFiles;
import io.parsecbackup.repository.storage.PrivateFiles;
import io.parsecbackup.repository.storage.Sha256;
import io.parsecbackup.repository.storage.UnsafeFileException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongConsumer;
import org.jboss.logging.Logger;

/**
 * The folder of a new dump in the format {@code directory}. pg_dump writes its files itself, so
 * they are in plain text until {@link #keep}. Closing removes the folder, unless it is kept.
 */
final class DumpFolder implements DumpTarget {

  private static final Logger LOG = Logger.getLogger(DumpFolder.class);

  private static final int BUFFER = 256 * 1024;
  private static final long PAUSE_NANOS = 500_000_000L;

  private final Path path;
  private final int jobs;
  private final Optional<Recipients> recipients;
  private boolean kept;

  private DumpFolder(Path path, int jobs, Optional<Recipients> recipients) {
    this.path = path;
    this.jobs = jobs;
    this.recipients = recipients;
  }

  /**
   * Creates an empty folder that only its owner may enter. Does not touch an existing one.
   *
   * @param jobs how many tables are dumped at once
   * @param recipients the recipients of the encrypted files; empty to leave them as they are
   */
  static DumpFolder create(Path path, int jobs, Optional<Recipients> recipients) {
    try {
      PrivateFiles.createFolder(path);
      return new DumpFolder(path, jobs, recipients);
    } catch (FileAlreadyExistsException e) {
      throw new Problem(
          Problem.Kind.INTERNAL, path + " already exists; a dump never replaces a file.", e);
    } catch (IOException e) {
      throw FreeSpace.writeFailed(path, 0, e);
    }
  }

  @Override
  public Path path() {
    return path;
  }

  @Override
  public void copy(ReadableFile handMade, Encryption encryption, LongConsumer progress)
      throws IOException {
    long bytes = 0;
    for (Path file : Folders.list(handMade.path(), name -> true)) {
      String name = EncryptedNames.plain(String.valueOf(file.getFileName()));
      try (InputStream in = encryption.readable(file).open();
          OutputStream out = Channels.newOutputStream(PrivateFiles.create(path.resolve(name)))) {
        byte[] buffer = new byte[BUFFER];
        for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
          write(out, buffer, n, bytes);
          bytes += n;
          progress.accept(bytes);
        }
      } catch (UnsafeFileException e) {
        throw new Problem(
            Problem.Kind.DATABASE,
            "The dump "
                + handMade
                + " contains "
                + file.getFileName()
                + ", which is not a regular file. Remove it.",
            e);
      }
    }
  }

  private void write(OutputStream out, byte[] buffer, int length, long before) {
    try {
      out.write(buffer, 0, length);
    } catch (IOException e) {
      throw FreeSpace.writeFailed(path, before, e);
    }
  }

  @Override
  public ReadableFile readable() {
    return ReadableFile.plain(path);
  }

  /** Waits for the end of pg_dump, and reports the size of the files until then. */
  @Override
  public void take(InputStream stdout, LongConsumer progress) throws IOException {
    Thread reporter =
        Thread.ofVirtual()
            .start(() -> {
              while (!Thread.currentThread().isInterrupted()) {
                progress.accept(bytes());
                LockSupport.parkNanos(PAUSE_NANOS);
              }
            });
    try {
      stdout.transferTo(OutputStream.nullOutputStream());
    } finally {
      reporter.interrupt();
    }
    progress.accept(bytes());
  }

  @Override
  public List<String> arguments() {
    // This program flushes the files that stay.
    return List.of("--format=directory", "--jobs=" + jobs, "--no-sync", "--file=" + path);
  }

  @Override
  public void check(PgTools.Tools tools, Cancellation cancellation) {
    DumpCheck.check(DumpFormat.DIRECTORY, readable(), new byte[0], tools, cancellation);
  }

  @Override
  public Dump keep(PgVersion pgDump, List<String> warnings, Cancellation cancellation) {
    Sealed sealed = seal(cancellation);
    kept = true;
    return new Dump(
        path,
        DumpFormat.DIRECTORY,
        sealed.bytes(),
        sealed.sha256(),
        pgDump,
        warnings,
        sealed.digests());
  }

  /** The size of all files so far; they may still be written to. */
  @Override
  public long bytes() {
    try {
      return Folders.bytes(path);
    } catch (IOException e) {
      LOG.debugf("The size of %s is not known: %s", path, e);
      return 0;
    }
  }

  /**
   * The files of a sealed folder.
   *
   * @param bytes the sum of their sizes
   * @param digests the SHA-256 of each, by its name in the folder
   */
  private record Sealed(long bytes, SortedMap<String, String> digests) {

    /** The digest of the folder, see {@link Checksums#ofFolder}. */
    String sha256() {
      return Checksums.ofFolder(digests);
    }
  }

  /**
   * Hashes all files and flushes them to stable storage. If there are recipients, each file is
   * encrypted into a new one, and the plain one is removed.
   *
   * @throws Problem of kind SPACE, CANCELLED or INTERNAL
   */
  private Sealed seal(Cancellation cancellation) {
    SortedMap<String, String> digests = new TreeMap<>();
    long bytes = 0;
    try {
      List<Path> files = Folders.list(path, name -> true);
      for (Path file : files) {
        cancellation.throwIfCancelled();
        Path sealed = recipients.isPresent() ? encrypted(file) : file;
        digests.put(
            String.valueOf(sealed.getFileName()),
            recipients.isPresent() ? encrypt(file, sealed, recipients.get()) : hash(file));
        bytes += PlainFiles.size(sealed);
      }
    } catch (IOException e) {
      throw FreeSpace.writeFailed(path, bytes, e);
    }
    return new Sealed(bytes, digests);
  }

  private static Path encrypted(Path file) {
    return file.resolveSibling(file.getFileName() + EncryptedNames.SUFFIX);
  }

  private static String hash(Path file) throws IOException {
    PrivateFiles.restrict(file);
    String digest = Sha256.of(file);
    flush(file);
    return digest;
  }

  private static void flush(Path file) throws IOException {
    try (FileChannel channel = PlainFiles.openChannel(file, StandardOpenOption.WRITE)) {
      channel.force(true);
    }
  }

  private static String encrypt(Path plain, Path target, Recipients recipients) throws IOException {
    MessageDigest digest = Sha256.digest();
    try (InputStream in = PlainFiles.open(plain);
        OutputStream out =
            recipients.encrypt(
                new DigestOutputStream(
                    Channels.newOutputStream(PrivateFiles.create(target)), digest))) {
      in.transferTo(out);
    }
    flush(target);
    Files.delete(plain);
    return Sha256.hex(digest);
  }

  @Override
  public void close() {
    if (kept) {
      return;
    }
    try {
      Folders.delete(path);
    } catch (IOException e) {
      LOG.warnf("%s could not be removed: %s", path, e.getMessage());
    }
  }
}
