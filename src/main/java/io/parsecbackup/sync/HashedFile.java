package io.parsecbackup.sync;

import io.parsecbackup.repository.PrivateFiles;
import io.parsecbackup.repository.Sha256;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.security.MessageDigest;

/** A new file that is hashed as it is written. Used by one thread at a time. */
final class HashedFile implements AutoCloseable {

  private final FileChannel channel;
  private final MessageDigest sha256 = Sha256.digest();
  private final MessageDigest md5 = Sha256.md5();
  private long size;

  HashedFile(Path file) throws IOException {
    this.channel = PrivateFiles.create(file);
  }

  void write(ByteBuffer chunk) {
    size += chunk.remaining();
    sha256.update(chunk.duplicate());
    md5.update(chunk.duplicate());
    try {
      while (chunk.hasRemaining()) {
        channel.write(chunk);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Bytes written so far. */
  long size() {
    return size;
  }

  /** Of all that was written; ends the hashing. */
  String sha256() {
    return Sha256.hex(sha256);
  }

  /** Of all that was written; ends the hashing. */
  String md5() {
    return Sha256.hex(md5);
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
