package io.parsecbackup.objectstore.content;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.parsecbackup.repository.storage.Sha256;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.Optional;

/** Hashes a body while it is received. Used by one thread at a time. */
public final class BodyDigests {

  /** First bytes that are kept. */
  private static final int HEAD = 64;

  private final MessageDigest sha256 = Sha256.digest();
  private final MessageDigest md5 = Sha256.md5();
  private final Optional<BodyChecksum> checksum;
  private final ByteBuffer head = ByteBuffer.allocate(HEAD);
  private long size;

  /**
   * @param checksum is computed too
   */
  public BodyDigests(Optional<BodyChecksum> checksum) {
    this.checksum = checksum;
  }

  /** Adds the next bytes, and leaves the buffer's position unchanged. */
  public void update(ByteBuffer chunk) {
    if (head.hasRemaining()) {
      head.put(chunk.slice(chunk.position(), Math.min(head.remaining(), chunk.remaining())));
    }
    checksum.ifPresent(sum -> sum.update(chunk.duplicate()));
    size += chunk.remaining();
    sha256.update(chunk.duplicate());
    md5.update(chunk.duplicate());
  }

  /** The first bytes, one character each. */
  public String head() {
    return new String(head.array(), 0, head.position(), ISO_8859_1);
  }

  /** Compares all bytes with the announced checksum. To be called once, at the end. */
  public Optional<BodyChecksum.Result> checksum() {
    return checksum.map(BodyChecksum::result);
  }

  /** The digests of all bytes. To be called once, at the end. */
  public FileDigests digests() {
    return new FileDigests(size, Sha256.hex(sha256), Sha256.hex(md5));
  }
}
