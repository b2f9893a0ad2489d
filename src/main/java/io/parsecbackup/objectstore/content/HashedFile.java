package io.parsecbackup.objectstore.content;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.parsecbackup.repository.storage.PrivateFiles;
import io.parsecbackup.repository.storage.Sha256;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Optional;

/** A new file that is hashed while it is written. Used by one thread at a time. */
public final class HashedFile implements AutoCloseable {

  /** First bytes that are kept. */
  private static final int HEAD = 64;

  private final FileChannel channel;
  private final MessageDigest sha256 = Sha256.digest();
  private final MessageDigest md5 = Sha256.md5();
  private final Optional<BodyChecksum> checksum;
  private final ByteBuffer head = ByteBuffer.allocate(HEAD);
  private long size;

  public HashedFile(Path file) throws IOException {
    this(file, Optional.empty());
  }

  /**
   * @param checksum is computed too
   */
  public HashedFile(Path file, Optional<BodyChecksum> checksum) throws IOException {
    this.channel = PrivateFiles.create(file);
    this.checksum = checksum;
  }

  public void write(ByteBuffer chunk) {
    if (head.hasRemaining()) {
      head.put(chunk.slice(chunk.position(), Math.min(head.remaining(), chunk.remaining())));
    }
    checksum.ifPresent(sum -> sum.update(chunk.duplicate()));
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

  /** The first bytes, one character each. */
  public String head() {
    return new String(head.array(), 0, head.position(), ISO_8859_1);
  }

  /** Compares all written bytes with the announced checksum. To be called once, at the end. */
  public Optional<BodyChecksum.Result> checksum() {
    return checksum.map(BodyChecksum::result);
  }

  /** The digests of all written bytes. To be called once, at the end. */
  public FileDigests digests() {
    return new FileDigests(size, Sha256.hex(sha256), Sha256.hex(md5));
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
