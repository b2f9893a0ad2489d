package io.parsecbackup.objectstore.bucket;

import io.parsecbackup.objectstore.content.TransferException;
import io.parsecbackup.objectstore.s3.S3Connection;
import io.parsecbackup.objectstore.s3.S3Connection.Exchange;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientResponse;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Passes a body from the event loop, which receives it, to the thread that reads it. The socket is
 * not read while more than {@link #MOST_WAITING} bytes wait for the reader, and that time is not
 * part of the request's time limit.
 */
final class BodyPipe extends InputStream {

  private static final int MOST_WAITING = 256 << 10;

  private final HttpClientResponse response;
  private final Exchange exchange;
  private final Promise<Void> ended = Promise.promise();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Deque<ByteBuffer> waiting = new ArrayDeque<>();
  private int waitingBytes;
  private boolean paused;
  private boolean complete;
  private boolean closed;
  private @Nullable Throwable failure;

  /** To be created on the event loop, in the handler of the response. */
  BodyPipe(HttpClientResponse response, Exchange exchange) {
    this.response = response;
    this.exchange = exchange;
  }

  /** Begins to receive. Completes at the end of the body. */
  Future<Void> receive() {
    response.exceptionHandler(ended::tryFail);
    response.endHandler(end -> {
      end();
      ended.tryComplete();
    });
    response.handler(this::add);
    return ended.future();
  }

  private void add(Buffer chunk) {
    exchange.stallTimeout().moved(chunk.length());
    lock.lock();
    try {
      if (closed) {
        return;
      }
      waiting.add(chunk.getByteBuf().nioBuffer());
      waitingBytes += chunk.length();
      if (waitingBytes > MOST_WAITING && !paused) {
        paused = true;
        exchange.stallTimeout().hold();
        response.pause();
      }
      changed.signal();
    } finally {
      lock.unlock();
    }
  }

  private void end() {
    lock.lock();
    try {
      complete = true;
      changed.signal();
    } finally {
      lock.unlock();
    }
  }

  /** The request has failed: the reader gets this after the bytes that have arrived. */
  void fail(Throwable cause) {
    lock.lock();
    try {
      failure = cause;
      changed.signal();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  /**
   * @throws TransferException when the request has failed
   */
  @Override
  public int read(byte[] into, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    lock.lock();
    try {
      while (waiting.isEmpty()) {
        if (closed) {
          throw new IOException("the stream is closed");
        }
        if (failure != null) {
          throw failure instanceof TransferException known
              ? known.with("")
              : new TransferException(
                  TransferException.Kind.TEMPORARY, "the body was cut", failure);
        }
        if (complete) {
          return -1;
        }
        await();
      }
      return take(into, offset, length);
    } finally {
      lock.unlock();
    }
  }

  private void await() throws InterruptedIOException {
    try {
      changed.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("the thread was interrupted while it read from the bucket");
    }
  }

  private int take(byte[] into, int offset, int length) {
    ByteBuffer first = waiting.getFirst();
    int read = Math.min(length, first.remaining());
    first.get(into, offset, read);
    if (!first.hasRemaining()) {
      waiting.removeFirst();
    }
    waitingBytes -= read;
    if (paused && waitingBytes <= MOST_WAITING / 2) {
      paused = false;
      exchange.stallTimeout().release();
      exchange.eventLoop().runOnContext(again -> response.resume());
    }
    return read;
  }

  /** Ends the request if there is more to receive. */
  @Override
  public void close() {
    boolean drop;
    lock.lock();
    try {
      drop = !closed && !complete && failure == null;
      closed = true;
      waiting.clear();
      changed.signal();
    } finally {
      lock.unlock();
    }
    if (drop) {
      exchange
          .eventLoop()
          .runOnContext(now -> {
            S3Connection.drop(response, exchange);
            ended.tryComplete();
          });
    }
  }
}
