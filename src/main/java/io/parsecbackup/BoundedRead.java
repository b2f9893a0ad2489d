package io.parsecbackup;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Repeatedly reads one value from a disk that may hang, where a read cannot be interrupted. Each
 * read runs in a thread of its own, at most one at a time. A caller waits for a bounded time and
 * then gets the last known value.
 */
public final class BoundedRead<T> {

  private static final Logger LOG = Logger.getLogger(BoundedRead.class);

  /** The read, which may hang. */
  @FunctionalInterface
  public interface Read<T> {
    T read() throws IOException;
  }

  /**
   * Time limits.
   *
   * @param patience how long a caller waits for one read
   * @param keep how long a result is reused for other callers; zero: every call reads again
   */
  public record Times(Duration patience, Duration keep) {
    public static final Times USUAL = new Times(Duration.ofSeconds(3), Duration.ZERO);
  }

  /**
   * A value that was read.
   *
   * @param age time since it was read
   * @param late whether the value is stale, because the disk does not answer now
   */
  public record Known<T>(T value, Duration age, boolean late) {}

  private record Good<T>(T value, long at) {}

  private final String what;
  private final Times times;
  private final Read<T> read;
  private @Nullable Attempt latest;
  private volatile @Nullable Good<T> good;

  /**
   * Reads nothing yet.
   *
   * @param what names the value in messages
   */
  public BoundedRead(String what, Times times, Read<T> read) {
    this.what = what;
    this.times = times;
    this.read = read;
  }

  private final class Attempt {
    private final long began = System.nanoTime();
    private final AtomicBoolean told = new AtomicBoolean();
    private volatile long ended;
    private final FutureTask<T> task =
        new FutureTask<>(() -> {
          try {
            T value = read.read();
            good = new Good<>(value, System.nanoTime());
            return value;
          } finally {
            ended = System.nanoTime();
          }
        });
  }

  /**
   * The current value, or the last known one if the disk does not answer in time.
   *
   * @throws Problem of kind REPOSITORY when the disk does not answer and never has
   * @throws IOException if the read throws it; unchecked exceptions of the read are thrown too
   */
  public Known<T> get() throws IOException {
    Attempt attempt = attempt();
    long patience = attempt.began + times.patience().toNanos() - System.nanoTime();
    try {
      T value = await(attempt.task, Duration.ofNanos(Math.max(0, patience)));
      return new Known<>(value, since(attempt.ended), false);
    } catch (TimeoutException e) {
      return late(attempt);
    }
  }

  /**
   * Waits for the result of a read in another thread.
   *
   * @throws TimeoutException if it is not there after {@code patience}
   * @throws IOException if the read throws it; unchecked exceptions of the read are thrown too
   * @throws Problem of kind CANCELLED if this thread is interrupted
   */
  public static <T> T await(Future<T> read, Duration patience)
      throws IOException, TimeoutException {
    try {
      return read.get(patience.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      throw Problem.interrupted(e);
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case IOException disk -> throw disk;
        case RuntimeException unchecked -> throw unchecked;
        case Error error -> throw error;
        case null, default -> throw new IllegalStateException(e);
      }
    }
  }

  private synchronized Attempt attempt() {
    Attempt attempt = latest;
    if (attempt == null
        || (attempt.task.isDone() && since(attempt.ended).compareTo(times.keep()) >= 0)) {
      attempt = new Attempt();
      // Not virtual: a read that hangs would block one of the few carrier threads.
      Thread.ofPlatform().daemon().name("read of " + what).start(attempt.task);
      // Only after the start: an attempt whose thread cannot start would never end.
      latest = attempt;
    }
    return attempt;
  }

  private Known<T> late(Attempt attempt) {
    if (attempt.told.compareAndSet(false, true)) {
      LOG.warnf(
          "the repository did not answer within %d s when asked for %s",
          times.patience().toSeconds(), what);
    }
    Good<T> known = good;
    if (known == null) {
      throw new Problem(
          Problem.Kind.REPOSITORY,
          "the repository did not answer within "
              + times.patience().toSeconds()
              + " s when asked for "
              + what
              + ". Check its disk, or the server that it is mounted from");
    }
    return new Known<>(known.value(), since(known.at()), true);
  }

  private static Duration since(long nanoTime) {
    return Duration.ofNanos(System.nanoTime() - nanoTime);
  }
}
