package io.parsecbackup.objectstore.content;

import io.parsecbackup.parsec.ByteSource;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.function.Consumer;

/** A file's bytes, at any position. */
public record FileBytes(FileChannel channel) implements ByteSource {

  /** Bytes that are read from a file, or written to a socket, at once. */
  public static final int CHUNK = 64 * 1024;

  @Override
  public void read(long position, ByteBuffer into) throws IOException {
    long at = position;
    while (into.hasRemaining()) {
      int read = channel.read(into, at);
      if (read < 0) {
        throw new EOFException("the file became shorter while it was read");
      }
      at += read;
    }
  }

  /** Passes all of {@code bytes} to {@code receiver} in order, in pieces of one buffer. */
  public static void each(ByteSource bytes, long size, Consumer<ByteBuffer> receiver)
      throws IOException {
    ByteBuffer piece = ByteBuffer.allocate((int) Math.min(CHUNK, size));
    for (long at = 0; at < size; at += piece.limit()) {
      piece.clear().limit((int) Math.min(piece.capacity(), size - at));
      bytes.read(at, piece);
      receiver.accept(piece.flip());
    }
  }
}
