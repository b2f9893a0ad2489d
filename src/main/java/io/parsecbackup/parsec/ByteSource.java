package io.parsecbackup.parsec;

import java.io.IOException;
import java.nio.ByteBuffer;

/** Bytes that can be read at any position: of a file, an array, or computed ones. */
@FunctionalInterface
public interface ByteSource {

  /**
   * Fills the rest of {@code into} with the bytes that start at {@code position}.
   *
   * @throws IOException when they cannot be read, or there are not enough
   */
  void read(long position, ByteBuffer into) throws IOException;

  static ByteSource of(byte[] array) {
    return (position, into) -> into.put(array, (int) position, into.remaining());
  }
}
