package io.parsecbackup.objectstore.s3;

import io.parsecbackup.objectstore.content.TransferException;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/**
 * The number of retries of a failed request, and the pauses before them. Each pause is about twice
 * as long as the one before, with a random variation of up to half of it: requests that failed
 * together are not retried together.
 *
 * <p>A server that asks for fewer requests is not at fault, and may refuse one request many times
 * by chance. Such answers have a limit of their own, which is four times as high.
 *
 * @param moreTries after failures of other kinds
 * @param longest the time after the first try in which retries may begin, so that one slow object
 *     does not delay a run. Only the second try may begin later, because a large object on a slow
 *     line may take longer before its connection breaks
 */
public record Retries(int moreTries, Duration firstPause, Duration longestPause, Duration longest) {

  private static final Duration LONGEST = Duration.ofMinutes(2);

  /** If a third of all requests are refused, one in 10^12 is refused this often in a row. */
  private static final int THROTTLED_TIMES = 4;

  /** Seven tries, with pauses of about 13 s in all: longer than the restart of a server. */
  public static final Retries USUAL =
      new Retries(6, Duration.ofMillis(200), Duration.ofSeconds(10));

  /** For a request that a person waits for. */
  public static final Retries ONCE_MORE =
      new Retries(1, Duration.ofMillis(100), Duration.ofMillis(100));

  public Retries(int moreTries, Duration firstPause, Duration longestPause) {
    this(moreTries, firstPause, longestPause, LONGEST);
  }

  /**
   * Sends {@code request}, and sends it again after a temporary failure. A request that succeeds at
   * once, as nearly all do, has no extra cost.
   */
  public <T> Uni<T> around(Uni<T> request) {
    return Uni.createFrom()
        .deferred(() -> {
          long last = System.nanoTime() + longest.toNanos();
          return request
              .onFailure(TransferException::isTemporary)
              .recoverWithUni(failure -> again(request, Failures.NONE.and(failure), last, failure));
        });
  }

  /** The failures of one request until now. */
  private record Failures(int throttled, int others) {
    private static final Failures NONE = new Failures(0, 0);

    Failures and(Throwable failure) {
      return TransferException.isThrottled(failure)
          ? new Failures(throttled + 1, others)
          : new Failures(throttled, others + 1);
    }

    int all() {
      return throttled + others;
    }
  }

  /**
   * @param last by {@link System#nanoTime}: only the first further try may begin later
   */
  private <T> Uni<T> again(Uni<T> request, Failures failures, long last, Throwable failure) {
    if (failures.others() > moreTries
        || failures.throttled() > THROTTLED_TIMES * moreTries
        || (failures.all() > 1 && System.nanoTime() - last >= 0)) {
      return Uni.createFrom().failure(failure);
    }
    return Uni.createFrom()
        .voidItem()
        .onItem()
        .delayIt()
        .by(pause(failures.all()))
        .chain(() -> request)
        .onFailure(TransferException::isTemporary)
        .recoverWithUni(next -> again(request, failures.and(next), last, next));
  }

  private Duration pause(int number) {
    double doubled = firstPause.toNanos() * Math.pow(2, number - 1);
    double jitter = ThreadLocalRandom.current().nextDouble(0.5, 1.5);
    return Duration.ofNanos(
        Math.max(1, (long) (Math.min(doubled, longestPause.toNanos()) * jitter)));
  }
}
