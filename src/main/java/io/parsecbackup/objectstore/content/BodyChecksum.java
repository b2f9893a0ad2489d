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
 * The checksum of a whole object that an S3 server names in a header, and the one of the bytes that
 * arrive. Used by one thread at a time.
 */
public final class BodyChecksum {

  /** What is to be asked for, so that S3 names a checksum at all. */
  public static final String MODE_HEADER = "x-amz-checksum-mode";

  public static final String MODE = "ENABLED";

  private static final String TYPE_HEADER = "x-amz-checksum-type";

  /** One way to compute it. */
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
   * The checksum that an answer names; empty where it names none of the whole object's bytes: that
   * of an object that was uploaded in parts is one of its parts' checksums.
   *
   * @param header gives a header's value, or an empty text
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
      // Of parts, "…-2", or of no form that S3 has.
      return new byte[0];
    }
  }

  void update(ByteBuffer bytes) {
    sum.update(bytes);
  }

  /** How what was given to {@link #update} compares with what was announced; ends the sum. */
  Result result() {
    byte[] found = sum.value();
    return new Result(
        algorithm.header(), text(announced), text(found), Arrays.equals(announced, found));
  }

  /**
   * A comparison.
   *
   * @param header that names the checksum
   * @param announced its value
   * @param found the checksum of what arrived
   */
  public record Result(String header, String announced, String found, boolean matches) {
    /** What is wrong, for a message. */
    public String words() {
      return "the server's " + header + " is " + announced + ", that of what arrived is " + found;
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
