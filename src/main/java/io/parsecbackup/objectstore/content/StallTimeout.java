package io.parsecbackup.objectstore.content;

import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * Ends a request that makes no progress. It starts with the time {@code silence}; each byte of a
 * body adds time, up to {@code silence} again. A silent server, endless headers, and a body of one
 * byte per second all end after about {@code silence}; a body above {@link #LEAST_RATE} may take
 * any time. Time in which we delay the request ourselves, for the disk or the bandwidth limit, does
 * not count.
 *
 * <p>Thread-safe.
 */
public final class StallTimeout {

  /**
   * Bytes per second. This is low because many requests share one line: 128 requests get 1 KiB/s
   * each on a line of 1 Mbit/s.
   */
  static final long LEAST_RATE = 512;

  /** Least rate in bytes per second at which a socket's buffer empties after the last write. */
  private static final long LEAST_UPLOAD_RATE = 8 << 10;

  private static final long NANOS = TimeUnit.SECONDS.toNanos(1);

  private final Vertx vertx;
  private final long silence;
  private final Runnable tooSlow;
  private long deadline;
  private long timer;
  private long moved;
  private boolean held;
  private boolean over;
  private boolean expired;

  /**
   * @param tooSlow called once, on an event loop, when the time is over
   */
  public StallTimeout(Vertx vertx, Duration silence, Runnable tooSlow) {
    this.vertx = vertx;
    this.silence = silence.toNanos();
    this.tooSlow = tooSlow;
    this.deadline = System.nanoTime() + this.silence;
    this.timer = schedule(this.silence);
  }

  /** Counts bytes of a body, received or sent. */
  public synchronized void moved(int bytes) {
    moved += bytes;
    deadline = Math.min(System.nanoTime() + silence, deadline + NANOS * bytes / LEAST_RATE);
  }

  /** All of a body is written: allows the answer the time that a slow line needs for the body. */
  public synchronized void sent(long bytes) {
    deadline = System.nanoTime() + silence + NANOS * bytes / LEAST_UPLOAD_RATE;
  }

  /** Stops the clock: we delay the request ourselves. */
  public synchronized void hold() {
    held = true;
  }

  /** Starts the clock again. */
  public synchronized void release() {
    if (held) {
      held = false;
      deadline = System.nanoTime() + silence;
    }
  }

  /** The request has ended. */
  public synchronized void stop() {
    over = true;
    vertx.cancelTimer(timer);
  }

  /** Whether the request was ended because it was too slow. */
  public synchronized boolean isExpired() {
    return expired;
  }

  public synchronized TransferException failure() {
    long seconds = TimeUnit.NANOSECONDS.toSeconds(silence);
    return new TransferException(
        TransferException.Kind.TEMPORARY,
        moved == 0
            ? "the server did not answer within " + seconds + " s"
            : "the transfer is too slow: after "
                + moved
                + " bytes it was below "
                + LEAST_RATE
                + " bytes a second for "
                + seconds
                + " s");
  }

  private void look() {
    synchronized (this) {
      long left = held ? silence : deadline - System.nanoTime();
      if (over) {
        return;
      }
      if (left > 0) {
        timer = schedule(left);
        return;
      }
      expired = true;
      over = true;
    }
    tooSlow.run();
  }

  private long schedule(long nanos) {
    return vertx.setTimer(Math.max(1, TimeUnit.NANOSECONDS.toMillis(nanos)), fired -> look());
  }
}
