package io.parsecbackup.objectstore.content;

import java.util.OptionalLong;
import java.util.concurrent.locks.LockSupport;

/**
 * Limits transfers together to a number of bytes per second. It delays the threads that write
 * received bytes or read bytes to send; meanwhile the socket is not read.
 */
public final class RateLimit implements AutoCloseable {

  private static final long SECOND = 1_000_000_000L;

  /** How often a waiting thread checks whether the run has ended. */
  private static final long LONGEST_PAUSE = SECOND / 10;

  /**
   * Transfers that were late by up to this long are made up, so that a busy machine reaches the
   * limit too. Over 10 s this is at most 2 % more than the limit.
   */
  private static final long CATCH_UP = SECOND / 5;

  private final OptionalLong bytesPerSecond;
  private final Schedule schedule;
  private volatile boolean over;

  /** When the next bytes may be transferred. All runs share it. */
  private static final class Schedule {

    private long freeAt = System.nanoTime();

    synchronized long reserve(int bytes, long rate) {
      freeAt = Math.max(freeAt, System.nanoTime() - CATCH_UP) + SECOND * bytes / rate;
      return freeAt;
    }
  }

  public RateLimit(OptionalLong bytesPerSecond) {
    this(bytesPerSecond, new Schedule());
  }

  private RateLimit(OptionalLong bytesPerSecond, Schedule schedule) {
    this.bytesPerSecond = bytesPerSecond;
    this.schedule = schedule;
  }

  /**
   * The same limit for one run, which shares it with all others. Closing it releases only the
   * threads of that run.
   */
  RateLimit forRun() {
    return new RateLimit(bytesPerSecond, schedule);
  }

  public boolean isSet() {
    return bytesPerSecond.isPresent();
  }

  /** Returns when {@code bytes} more may be transferred. */
  public void take(int bytes) {
    if (bytesPerSecond.isEmpty()) {
      return;
    }
    long until = schedule.reserve(bytes, bytesPerSecond.getAsLong());
    for (long wait = until - System.nanoTime();
        wait > 0 && !over && !Thread.currentThread().isInterrupted();
        wait = until - System.nanoTime()) {
      LockSupport.parkNanos(Math.min(wait, LONGEST_PAUSE));
    }
  }

  /** Releases all waiting threads, because the run has ended. */
  @Override
  public void close() {
    over = true;
  }
}
