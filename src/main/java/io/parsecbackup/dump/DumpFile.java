package io.parsecbackup.dump;

import io.parsecbackup.Cancellation;
import io.parsecbackup.Problem;
import io.parsecbackup.dump.archive.DumpCheck;
import io.parsecbackup.dump.archive.DumpFormat;
import io.parsecbackup.dump.archive.LastBytes;
import io.parsecbackup.postgres.PgTools;
import io.parsecbackup.postgres.PgVersion;
import io.parsecbackup.repository.encryption.EncryptedOutput;
import io.parsecbackup.repository.encryption.Encryption;
import io.parsecbackup.repository.encryption.ReadableFile;
import io.parsecbackup.repository.encryption.Recipients;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.LongConsumer;
import org.jboss.logging.Logger;

/** The file of a new dump, hashed while it is written. Closing removes it, unless {@link #keep}. */
final class DumpFile implements DumpTarget {

  private static final Logger LOG = Logger.getLogger(DumpFile.class);
  private static final int BUFFER = 256 * 1024;

  private final Path path;
  private final DumpFormat format;
  private final FileChannel channel;
  private final Optional<Recipients> recipients;
  private final MessageDigest digest;
  private final LastBytes end = new LastBytes(DumpCheck.END);
  private ReadableFile readable;
  private long bytes;
  private boolean kept;

  DumpFile(Path path, DumpFormat format, FileChannel channel, Optional<Recipients> recipients) {
    this.path = path;
    this.format = format;
    this.channel = channel;
    this.recipients = recipients;
    this.readable = ReadableFile.plain(path);
    try {
      this.digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java has SHA-256", e);
    }
  }

  /**
   * Creates a file that only its owner may read. Does not touch an existing file.
   *
   * @param format that of a file
   * @param recipients the recipients of the encrypted dump; empty to write it as it is
   */
  static DumpFile create(Path path, DumpFormat format, Optional<Recipients> recipients) {
    try {
      return new DumpFile(
          path,
          format,
          FileChannel.open(
              path,
              Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))),
          recipients);
    } catch (FileAlreadyExistsException e) {
      throw new Problem(
          Problem.Kind.INTERNAL, path + " already exists; a dump never replaces a file.", e);
    } catch (IOException e) {
      throw FreeSpace.writeFailed(path, 0, e);
    }
  }

  /**
   * Writes all of {@code in}, encrypts it on the way if there are recipients, and flushes it to
   * stable storage.
   *
   * @param progress receives the size of the file so far, after each buffer
   * @throws IOException if reading fails
   * @throws Problem if writing fails
   */
  void fill(InputStream in, LongConsumer progress) throws IOException {
    byte[] buffer = new byte[BUFFER];
    OutputStream out = open();
    for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
      end.write(buffer, 0, n);
      try {
        out.write(buffer, 0, n);
      } catch (IOException e) {
        throw FreeSpace.writeFailed(path, bytes, e);
      }
      progress.accept(bytes);
    }
    try {
      // Only now: without its end the encrypted file of a failed dump cannot be decrypted.
      out.close();
      channel.force(true);
    } catch (IOException e) {
      throw FreeSpace.writeFailed(path, bytes, e);
    }
  }

  private OutputStream open() {
    OutputStream stored = new Stored();
    if (recipients.isEmpty()) {
      return stored;
    }
    try {
      EncryptedOutput encrypting = recipients.get().encrypt(stored);
      readable = encrypting.readBack(path);
      return encrypting;
    } catch (IOException e) {
      throw FreeSpace.writeFailed(path, bytes, e);
    }
  }

  /** Writes to the file. Closing does nothing. */
  private final class Stored extends OutputStream {
    @Override
    public void write(int one) throws IOException {
      write(new byte[] {(byte) one}, 0, 1);
    }

    @Override
    public void write(byte[] from, int offset, int length) throws IOException {
      digest.update(from, offset, length);
      ByteBuffer rest = ByteBuffer.wrap(from, offset, length);
      while (rest.hasRemaining()) {
        bytes += channel.write(rest);
      }
    }
  }

  @Override
  public Path path() {
    return path;
  }

  @Override
  public List<String> arguments() {
    return List.of(
        switch (format) {
          case CUSTOM -> "--format=custom";
          case PLAIN -> "--format=plain";
          case DIRECTORY -> throw new IllegalStateException("a folder is not a file");
        });
  }

  @Override
  public void take(InputStream stdout, LongConsumer progress) throws IOException {
    fill(stdout, progress);
  }

  @Override
  public void copy(ReadableFile handMade, Encryption encryption, LongConsumer progress)
      throws IOException {
    try (InputStream in = handMade.open()) {
      fill(in, progress);
    }
  }

  @Override
  public void check(PgTools.Tools tools, Cancellation cancellation) {
    DumpCheck.check(format, readable, end(), tools, cancellation);
  }

  @Override
  public Dump keep(PgVersion pgDump, List<String> warnings, Cancellation cancellation) {
    keep();
    return new Dump(path, format, bytes, sha256(), pgDump, warnings, new TreeMap<>());
  }

  @Override
  public ReadableFile readable() {
    return readable;
  }

  /** The last bytes of the dump before encryption, for {@link DumpCheck}. */
  byte[] end() {
    return end.bytes();
  }

  /** The size of the file, encrypted or not. */
  @Override
  public long bytes() {
    return bytes;
  }

  /** The digest of the file, in lower-case hexadecimal. To be called once, at the end. */
  String sha256() {
    return HexFormat.of().formatHex(digest.digest());
  }

  void keep() {
    kept = true;
  }

  @Override
  public void close() {
    try (channel) {
      if (!kept) {
        Files.deleteIfExists(path);
      }
    } catch (IOException e) {
      LOG.warnf("%s could not be %s: %s", path, kept ? "closed" : "removed", e.getMessage());
    }
  }
}
