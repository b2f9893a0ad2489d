package io.parsecbackup.objectstore.content;

import java.util.OptionalLong;
import java.util.concurrent.locks.LockSupport;

/**
 * Keeps all transfers together below so many bytes a second, by holding up the threads that write
 * what was received or read what is to be sent. What is held up there is not asked for from the
 * socket.
 */
public final class RateLimit implements AutoCloseable {

  private static final long SECOND = 1_000_000_000L;

  /** So soon a waiting thread sees that it waits for nothing. */
  private static final long LONGEST_NAP = SECOND / 10;

  private final OptionalLong bytesPerSecond;
  private volatile boolean over;
  private long freeAt = System.nanoTime();

  public RateLimit(OptionalLong bytesPerSecond) {
    this.bytesPerSecond = bytesPerSecond;
  }

  public boolean isSet() {
    return bytesPerSecond.isPresent();
  }

  /** Returns once {@code bytes} more may have been transferred. */
  public void take(int bytes) {
    if (bytesPerSecond.isEmpty()) {
      return;
    }
    long until = reserve(bytes, bytesPerSecond.getAsLong());
    for (long wait = until - System.nanoTime();
        wait > 0 && !over && !Thread.currentThread().isInterrupted();
        wait = until - System.nanoTime()) {
      LockSupport.parkNanos(Math.min(wait, LONGEST_NAP));
    }
  }

  /** Lets go of all who wait: the run is over. */
  @Override
  public void close() {
    over = true;
  }

  private synchronized long reserve(int bytes, long rate) {
    freeAt = Math.max(freeAt, System.nanoTime()) + SECOND * bytes / rate;
    return freeAt;
  }
}
