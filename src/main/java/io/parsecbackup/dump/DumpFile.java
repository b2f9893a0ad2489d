package io.parsecbackup.dump;

import io.parsecbackup.Problem;
import java.io.IOException;
import java.io.InputStream;
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
import java.util.Set;
import java.util.function.LongConsumer;
import org.jboss.logging.Logger;

/** The file of a new dump, hashed while it is written. Closing removes it, unless {@link #keep}. */
final class DumpFile implements AutoCloseable {

  private static final Logger LOG = Logger.getLogger(DumpFile.class);
  private static final int BUFFER = 256 * 1024;

  private final Path path;
  private final FileChannel channel;
  private final MessageDigest digest;
  private long bytes;
  private boolean kept;

  DumpFile(Path path, FileChannel channel) {
    this.path = path;
    this.channel = channel;
    try {
      this.digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java has SHA-256", e);
    }
  }

  /** Creates a file that only its owner may read. Does not touch an existing file. */
  static DumpFile create(Path path) {
    try {
      return new DumpFile(
          path,
          FileChannel.open(
              path,
              Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))));
    } catch (FileAlreadyExistsException e) {
      throw new Problem(
          Problem.Kind.INTERNAL, path + " already exists; a dump never replaces a file.", e);
    } catch (IOException e) {
      throw FreeSpace.writeFailed(path, 0, e);
    }
  }

  /**
   * Writes all of {@code in} and flushes it to stable storage.
   *
   * @param progress receives the number of bytes so far, after each buffer
   * @throws IOException if reading fails
   * @throws Problem if writing fails
   */
  void fill(InputStream in, LongConsumer progress) throws IOException {
    byte[] buffer = new byte[BUFFER];
    for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
      digest.update(buffer, 0, n);
      ByteBuffer rest = ByteBuffer.wrap(buffer, 0, n);
      try {
        while (rest.hasRemaining()) {
          bytes += channel.write(rest);
        }
      } catch (IOException e) {
        throw FreeSpace.writeFailed(path, bytes, e);
      }
      progress.accept(bytes);
    }
    try {
      channel.force(true);
    } catch (IOException e) {
      throw FreeSpace.writeFailed(path, bytes, e);
    }
  }

  Path path() {
    return path;
  }

  long bytes() {
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
