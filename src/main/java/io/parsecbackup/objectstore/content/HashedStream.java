package io.parsecbackup.objectstore.content;

import io.vertx.core.AsyncResult;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.streams.WriteStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Writes a stream into a new file: chunks arrive on an event loop, and {@code disk} writes and
 * hashes them. The socket is not read while more bytes than {@link #MOST_WAITING} wait.
 */
public final class HashedStream implements WriteStream<Buffer> {

  private static final int MOST_WAITING = 128 * 1024;

  /** Bytes that may be waiting here: the limit and one more chunk. */
  public static final int MOST_HELD_UP = MOST_WAITING + 64 * 1024;

  private final Path path;
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
  private Optional<BodyChecksum> checksum = Optional.empty();
  private @Nullable HashedFile file;
  private @Nullable Throwable failure;
  private @Nullable Handler<Void> onDrained;

  /**
   * @param most bytes; a chunk that exceeds this fails
   * @param stallTimeout counts the bytes, and the time in which the socket is not read
   */
  public HashedStream(
      Path path,
      long most,
      Context eventLoop,
      StallTimeout stallTimeout,
      Executor disk,
      RateLimit rateLimit) {
    this.eventLoop = eventLoop;
    this.path = path;
    this.most = most;
    this.stallTimeout = stallTimeout;
    this.disk = disk;
    this.rateLimit = rateLimit;
  }

  /** Computes this checksum too. Call it before the first chunk. */
  public synchronized HashedStream with(Optional<BodyChecksum> announced) {
    checksum = announced;
    return this;
  }

  /** The file, once {@link #end} has succeeded. */
  public synchronized HashedFile file() {
    if (file == null) {
      throw new IllegalStateException("nothing was written to " + path);
    }
    return file;
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
        finish();
        return;
      }
      try {
        write(chunks);
      } catch (Throwable e) {
        // An Error too: otherwise the wait for this object would never end.
        fail(e instanceof IOException disk ? new UncheckedIOException(disk) : e);
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

  private void write(List<Buffer> chunks) throws IOException {
    HashedFile target = open();
    for (Buffer chunk : chunks) {
      rateLimit.take(chunk.length());
      target.write(chunk.getByteBuf().nioBuffer());
    }
  }

  private synchronized HashedFile open() throws IOException {
    if (file == null) {
      file = new HashedFile(path, checksum);
    }
    return file;
  }

  private void finish() {
    try {
      open().close();
    } catch (Throwable e) {
      // A failure of the disk, which must not look like one of the network.
      fail(e instanceof IOException disk ? new UncheckedIOException(disk) : e);
      return;
    }
    ended.complete();
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
      if (file != null) {
        try {
          file.close();
        } catch (UncheckedIOException e) {
          cause.addSuppressed(e);
        }
      }
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
