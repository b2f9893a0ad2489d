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
 * @param longest the time after the first try in which retries may begin, so that one slow object
 *     does not delay a run. Only the second try may begin later, because a large object on a slow
 *     line may take longer before its connection breaks
 */
public record Retries(int moreTries, Duration firstPause, Duration longestPause, Duration longest) {

  private static final Duration LONGEST = Duration.ofMinutes(2);

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
              .recoverWithUni(failure -> again(request, 1, last, failure));
        });
  }

  /**
   * @param number of this try, after the first one
   * @param last by {@link System#nanoTime}: only the first further try may begin later
   */
  private <T> Uni<T> again(Uni<T> request, int number, long last, Throwable failure) {
    if (number > moreTries || (number > 1 && System.nanoTime() - last >= 0)) {
      return Uni.createFrom().failure(failure);
    }
    return Uni.createFrom()
        .voidItem()
        .onItem()
        .delayIt()
        .by(pause(number))
        .chain(() -> request)
        .onFailure(TransferException::isTemporary)
        .recoverWithUni(next -> again(request, number + 1, last, next));
  }

  private Duration pause(int number) {
    double doubled = firstPause.toNanos() * Math.pow(2, number - 1);
    double jitter = ThreadLocalRandom.current().nextDouble(0.5, 1.5);
    return Duration.ofNanos(
        Math.max(1, (long) (Math.min(doubled, longestPause.toNanos()) * jitter)));
  }
}
