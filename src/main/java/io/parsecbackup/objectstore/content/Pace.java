package io.parsecbackup.objectstore.content;

import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * Ends a request that does not move: at the start it has {@code silence}, and each byte of a body
 * that moves gains it time, up to {@code silence} again. So a silent server, endless headers, and a
 * body of a byte a second all end after about {@code silence}, and a body may take as long as it
 * wants while it keeps to {@link #LEAST_RATE}. Time in which we hold the request up ourselves, for
 * the disk or the bandwidth limit, does not count.
 *
 * <p>For use by several threads.
 */
public final class Pace {

  /**
   * Bytes a second. Low, for many requests share one line: 128 of them have 1 KiB/s each on a line
   * of 1 Mbit/s.
   */
  static final long LEAST_RATE = 512;

  /** Bytes a second at which a socket's buffer is emptied at least, once all has been written. */
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
   * @param tooSlow called once, on an event loop, when the request has to end
   */
  public Pace(Vertx vertx, Duration silence, Runnable tooSlow) {
    this.vertx = vertx;
    this.silence = silence.toNanos();
    this.tooSlow = tooSlow;
    this.deadline = System.nanoTime() + this.silence;
    this.timer = schedule(this.silence);
  }

  /** So many bytes of a body have come or gone. */
  public synchronized void moved(int bytes) {
    moved += bytes;
    deadline = Math.min(System.nanoTime() + silence, deadline + NANOS * bytes / LEAST_RATE);
  }

  /** All of a body is on its way: the answer may take as long as a slow line needs for it. */
  public synchronized void sent(long bytes) {
    deadline = System.nanoTime() + silence + NANOS * bytes / LEAST_UPLOAD_RATE;
  }

  /** From now on it is we who do not go on. */
  public synchronized void hold() {
    held = true;
  }

  /** It goes on. */
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

  /** Whether it was ended for its slowness. */
  public synchronized boolean isExpired() {
    return expired;
  }

  public synchronized TransferException failure() {
    long seconds = TimeUnit.NANOSECONDS.toSeconds(silence);
    return new TransferException(
        TransferException.Kind.PASSING,
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
