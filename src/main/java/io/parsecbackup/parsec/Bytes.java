package io.parsecbackup.parsec;

import java.io.IOException;
import java.nio.ByteBuffer;

/** Bytes that can be read from any place among them: a file's, an array's, or what views make. */
@FunctionalInterface
public interface Bytes {

  /**
   * Fills what is left of {@code into} with the bytes from {@code position} on.
   *
   * @throws IOException when they cannot be read, or there are not so many
   */
  void read(long position, ByteBuffer into) throws IOException;

  static Bytes of(byte[] array) {
    return (position, into) -> into.put(array, (int) position, into.remaining());
  }
}
