package io.parsecbackup.postgres.connection;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;

/**
 * The two directions of a channel as blocking streams. The channel itself is non-blocking, so that
 * a read can time out. One thread may read while another writes or closes. As with a plain socket,
 * an interrupt does not affect them and stays set for the caller.
 */
final class UnixSocketStreams implements Closeable {

  private final SocketChannel channel;
  private final IntSupplier readTimeout;
  private final Selector readable;
  private final Selector writable;

  /**
   * @param readTimeout in milliseconds, 0 for none; read before each wait
   */
  UnixSocketStreams(SocketChannel channel, IntSupplier readTimeout) throws IOException {
    this.channel = channel;
    this.readTimeout = readTimeout;
    readable = Selector.open();
    writable = Selector.open();
  }

  /** Prepares the connected channel for the streams. */
  void start() throws IOException {
    channel.configureBlocking(false);
    channel.register(readable, SelectionKey.OP_READ);
    channel.register(writable, SelectionKey.OP_WRITE);
  }

  InputStream input() {
    return new Input();
  }

  OutputStream output() {
    return new Output();
  }

  /** Also ends the waits of other threads. */
  @Override
  public void close() throws IOException {
    try (readable;
        writable) {
      channel.close();
    }
  }

  /** Waits until the selector's one key is ready. */
  private static void await(Selector selector, int timeout) throws IOException {
    long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(timeout);
    boolean interrupted = false;
    try {
      while (true) {
        long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime() + 999_999);
        if (timeout > 0 && left <= 0) {
          throw new SocketTimeoutException("Read timed out");
        }
        int ready = timeout > 0 ? selector.select(left) : selector.select();
        selector.selectedKeys().clear();
        if (ready > 0) {
          return;
        }
        if (selector.keys().isEmpty()) {
          throw new SocketException("Socket closed");
        }
        interrupted |= Thread.interrupted();
      }
    } catch (ClosedSelectorException e) {
      throw closed(e);
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private static SocketException closed(Exception cause) {
    SocketException closed = new SocketException("Socket closed");
    closed.initCause(cause);
    return closed;
  }

  private final class Input extends InputStream {
    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      ByteBuffer buffer = ByteBuffer.wrap(bytes, offset, length);
      try {
        while (buffer.hasRemaining()) {
          int count = channel.read(buffer);
          if (count != 0) {
            return count;
          }
          await(readable, readTimeout.getAsInt());
        }
        return 0;
      } catch (ClosedChannelException e) {
        throw closed(e);
      }
    }

    @Override
    public void close() throws IOException {
      UnixSocketStreams.this.close();
    }
  }

  private final class Output extends OutputStream {
    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      ByteBuffer buffer = ByteBuffer.wrap(bytes, offset, length);
      try {
        while (buffer.hasRemaining()) {
          if (channel.write(buffer) == 0) {
            await(writable, 0);
          }
        }
      } catch (ClosedChannelException e) {
        throw closed(e);
      }
    }

    @Override
    public void close() throws IOException {
      UnixSocketStreams.this.close();
    }
  }
}
