package io.parsecbackup.objectstore.content;

import io.parsecbackup.repository.storage.Sha256;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.zip.CRC32;
import java.util.zip.CRC32C;
import java.util.zip.Checksum;

/**
 * Compares the checksum of a whole object in an S3 server's header with that of the received bytes.
 * Used by one thread at a time.
 */
public final class BodyChecksum {

  /** The header of a request for a checksum: S3 sends one only on request. */
  public static final String MODE_HEADER = "x-amz-checksum-mode";

  public static final String MODE = "ENABLED";

  private static final String TYPE_HEADER = "x-amz-checksum-type";

  /** Computes a checksum. */
  private interface Sum {
    void update(ByteBuffer bytes);

    byte[] value();
  }

  private record Algorithm(String header, int bytes, Supplier<Sum> sums) {}

  /** The cheapest first: one of them is enough. */
  private static final List<Algorithm> ALGORITHMS =
      List.of(
          new Algorithm("x-amz-checksum-crc32", 4, () -> sum(new CRC32(), 4)),
          new Algorithm("x-amz-checksum-crc32c", 4, () -> sum(new CRC32C(), 4)),
          new Algorithm("x-amz-checksum-crc64nvme", 8, () -> sum(new Crc64Nvme(), 8)),
          new Algorithm("x-amz-checksum-sha1", 20, () -> sum(sha1())),
          new Algorithm("x-amz-checksum-sha256", 32, () -> sum(Sha256.digest())));

  private final Algorithm algorithm;
  private final byte[] announced;
  private final Sum sum;

  private BodyChecksum(Algorithm algorithm, byte[] announced) {
    this.algorithm = algorithm;
    this.announced = announced;
    this.sum = algorithm.sums().get();
  }

  /**
   * The checksum in an answer; empty if it has none of the whole object. The checksum of an object
   * that was uploaded in parts is computed from its parts' checksums.
   *
   * @param header returns a header's value, or an empty text
   */
  public static Optional<BodyChecksum> of(UnaryOperator<String> header) {
    if (header.apply(TYPE_HEADER).equalsIgnoreCase("COMPOSITE")) {
      return Optional.empty();
    }
    for (Algorithm algorithm : ALGORITHMS) {
      byte[] announced = decode(header.apply(algorithm.header()).strip());
      if (announced.length == algorithm.bytes()) {
        return Optional.of(new BodyChecksum(algorithm, announced));
      }
    }
    return Optional.empty();
  }

  private static byte[] decode(String value) {
    try {
      return Base64.getDecoder().decode(value);
    } catch (IllegalArgumentException e) {
      // A checksum of parts, "…-2", or not in S3's form.
      return new byte[0];
    }
  }

  void update(ByteBuffer bytes) {
    sum.update(bytes);
  }

  /**
   * Compares the checksum of the bytes of all calls of {@link #update}. To be called once, at the
   * end.
   */
  Result result() {
    byte[] found = sum.value();
    return new Result(
        algorithm.header(), text(announced), text(found), Arrays.equals(announced, found));
  }

  /**
   * A comparison.
   *
   * @param header name of the checksum's header
   * @param announced the header's value
   * @param found the checksum of the received bytes
   */
  public record Result(String header, String announced, String found, boolean matches) {
    /** The difference, for a message. */
    public String words() {
      return "the server's "
          + header
          + " is "
          + announced
          + ", but that of the received bytes is "
          + found;
    }
  }

  private static String text(byte[] value) {
    return Base64.getEncoder().encodeToString(value);
  }

  private static Sum sum(Checksum checksum, int length) {
    return new Sum() {
      @Override
      public void update(ByteBuffer bytes) {
        checksum.update(bytes);
      }

      @Override
      public byte[] value() {
        byte[] all = ByteBuffer.allocate(Long.BYTES).putLong(checksum.getValue()).array();
        return Arrays.copyOfRange(all, Long.BYTES - length, Long.BYTES);
      }
    };
  }

  private static Sum sum(MessageDigest digest) {
    return new Sum() {
      @Override
      public void update(ByteBuffer bytes) {
        digest.update(bytes);
      }

      @Override
      public byte[] value() {
        return digest.digest();
      }
    };
  }

  private static MessageDigest sha1() {
    try {
      return MessageDigest.getInstance("SHA-1");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-1", e);
    }
  }
}
