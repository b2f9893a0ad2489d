package io.parsecbackup.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;

/** The bytes of an object: stored, or generated at each read. */
public sealed interface Content {

  int size();

  /** The bytes themselves; callers must not change them. */
  byte[] bytes();

  /** The MD5 in hex, which is the ETag of an object that was uploaded in one piece. */
  default String md5() {
    return md5(bytes());
  }

  static Content of(byte[] bytes) {
    return new Stored(bytes.clone());
  }

  /**
   * Incompressible bytes, the same for the same key and seed on every machine. They take no memory:
   * half a million blocks fit into a small heap.
   */
  static Content generated(String key, long seed, int size) {
    return new Generated(key, seed, size);
  }

  /** The MD5 of some bytes in hex. */
  static String md5(byte[]... parts) {
    try {
      MessageDigest md5 = MessageDigest.getInstance("MD5");
      for (byte[] part : parts) {
        md5.update(part);
      }
      return HexFormat.of().formatHex(md5.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Content that a client uploaded. */
  final class Stored implements Content {

    private final byte[] bytes;

    private Stored(byte[] bytes) {
      this.bytes = bytes;
    }

    @Override
    public int size() {
      return bytes.length;
    }

    @Override
    public byte[] bytes() {
      return bytes;
    }
  }

  /** Content of a file, read again each time. */
  record InFile(Path file, int size) implements Content {

    @Override
    public byte[] bytes() {
      try {
        return Files.readAllBytes(file);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /** Content that follows from its key: a SplitMix64 sequence, little-endian. */
  record Generated(String key, long seed, int size) implements Content {

    @Override
    public byte[] bytes() {
      long state = seed;
      for (byte b : key.getBytes(StandardCharsets.UTF_8)) {
        state = mix(state ^ b) + 0x9E3779B97F4A7C15L;
      }
      ByteBuffer buffer = ByteBuffer.allocate((size + 7) / 8 * 8).order(ByteOrder.LITTLE_ENDIAN);
      while (buffer.hasRemaining()) {
        state += 0x9E3779B97F4A7C15L;
        buffer.putLong(mix(state));
      }
      byte[] bytes = buffer.array();
      return bytes.length == size ? bytes : Arrays.copyOf(bytes, size);
    }

    private static long mix(long z) {
      long y = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
      long x = (y ^ (y >>> 27)) * 0x94D049BB133111EBL;
      return x ^ (x >>> 31);
    }
  }
}
