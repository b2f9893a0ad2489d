package io.parsecbackup.objectstore.content;

import io.vertx.core.AsyncResult;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.streams.WriteStream;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Writes a stream into a new body: chunks arrive on an event loop, and {@code disk} writes and
 * hashes them. The socket is not read while more bytes than {@link #MOST_WAITING} wait.
 */
public final class HashedStream implements WriteStream<Buffer> {

  private static final int MOST_WAITING = 128 * 1024;

  /** Bytes that may be waiting here: the limit and one more chunk. */
  public static final int MOST_HELD_UP = MOST_WAITING + 64 * 1024;

  private final BodyWriter body;
  private final long most;
  private final Context eventLoop;
  private final StallTimeout stallTimeout;
  private final Executor disk;
  private final RateLimit rateLimit;
  private final Deque<Buffer> waiting = new ArrayDeque<>();
  private final Promise<Void> ended = Promise.promise();
  private int waitingBytes;
  private long received;
  private boolean writing;
  private boolean ending;
  private @Nullable Throwable failure;
  private @Nullable Handler<Void> onDrained;

  /**
   * @param body receives the bytes; the caller finishes or closes it after {@link #end}
   * @param most bytes; a chunk that exceeds this fails
   * @param stallTimeout counts the bytes, and the time in which the socket is not read
   */
  public HashedStream(
      BodyWriter body,
      long most,
      Context eventLoop,
      StallTimeout stallTimeout,
      Executor disk,
      RateLimit rateLimit) {
    this.eventLoop = eventLoop;
    this.body = body;
    this.most = most;
    this.stallTimeout = stallTimeout;
    this.disk = disk;
    this.rateLimit = rateLimit;
  }

  @Override
  public synchronized Future<Void> write(Buffer chunk) {
    if (failure != null) {
      return Future.failedFuture(failure);
    }
    received += chunk.length();
    if (received > most) {
      return Future.failedFuture(TransferException.tooLong("sends more than " + most, most));
    }
    stallTimeout.moved(chunk.length());
    waiting.add(chunk);
    waitingBytes += chunk.length();
    if (writeQueueFull()) {
      stallTimeout.hold();
    }
    startWriting();
    return Future.succeededFuture();
  }

  @Override
  public void write(Buffer chunk, Handler<AsyncResult<Void>> handler) {
    write(chunk).onComplete(handler);
  }

  @Override
  public synchronized void end(Handler<AsyncResult<Void>> handler) {
    // No more bytes arrive: only the disk's work is left.
    stallTimeout.hold();
    ending = true;
    startWriting();
    ended.future().onComplete(handler);
  }

  private void startWriting() {
    if (!writing) {
      writing = true;
      disk.execute(this::drain);
    }
  }

  /** Writes chunks until none is waiting. Only one thread at a time runs this. */
  private void drain() {
    while (true) {
      List<Buffer> chunks;
      synchronized (this) {
        if (waiting.isEmpty() && !ending) {
          writing = false;
          return;
        }
        chunks = new ArrayList<>(waiting);
        waiting.clear();
        waitingBytes = 0;
      }
      if (chunks.isEmpty()) {
        ended.complete();
        return;
      }
      try {
        write(chunks);
      } catch (Throwable e) {
        // An Error too: otherwise the wait for this object would never end.
        fail(e);
        return;
      }
      resume();
    }
  }

  /** Allows the socket to be read again. */
  private synchronized void resume() {
    Handler<Void> drained = onDrained;
    onDrained = null;
    if (!ending) {
      stallTimeout.release();
    }
    if (drained != null) {
      eventLoop.runOnContext(drained);
    }
  }

  private void write(List<Buffer> chunks) {
    for (Buffer chunk : chunks) {
      rateLimit.take(chunk.length());
      body.write(chunk.getByteBuf().nioBuffer());
    }
  }

  /**
   * Keeps {@code writing} set, so that nothing more is written. The drain handler is called: a pipe
   * sees the failure at its next write or at the end.
   */
  private void fail(Throwable cause) {
    synchronized (this) {
      failure = cause;
      waiting.clear();
      waitingBytes = 0;
    }
    ended.tryFail(cause);
    resume();
  }

  @Override
  public WriteStream<Buffer> exceptionHandler(@Nullable Handler<Throwable> handler) {
    return this;
  }

  @Override
  public WriteStream<Buffer> setWriteQueueMaxSize(int maxSize) {
    return this;
  }

  @Override
  public synchronized boolean writeQueueFull() {
    return waitingBytes > MOST_WAITING;
  }

  @Override
  public synchronized WriteStream<Buffer> drainHandler(@Nullable Handler<Void> handler) {
    onDrained = handler;
    // The queue may have been written since the caller saw it full.
    if (!writeQueueFull()) {
      resume();
    }
    return this;
  }
}
