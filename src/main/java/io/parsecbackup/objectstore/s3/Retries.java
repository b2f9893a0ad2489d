package io.parsecbackup.objectstore.s3;

import io.parsecbackup.objectstore.content.TransferException;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/**
 * How often, and after which pauses, a request is tried again. Each pause is about twice as long as
 * the one before, and by chance up to half as much longer or shorter: requests that failed together
 * do not come back together.
 *
 * @param longest so long after the first try no third one begins: one slow object does not hold up
 *     a run. A second one does, for a large object, or one on a slow line, may take longer than
 *     that before its connection breaks
 */
public record Retries(int moreTries, Duration firstPause, Duration longestPause, Duration longest) {

  private static final Duration LONGEST = Duration.ofMinutes(2);

  /**
   * With the first one seven tries, the pauses together some 13 s: a server's restart is sat out.
   */
  public static final Retries USUAL =
      new Retries(6, Duration.ofMillis(200), Duration.ofSeconds(10));

  /** For a question that somebody waits for. */
  public static final Retries ONCE_MORE =
      new Retries(1, Duration.ofMillis(100), Duration.ofMillis(100));

  public Retries(int moreTries, Duration firstPause, Duration longestPause) {
    this(moreTries, firstPause, longestPause, LONGEST);
  }

  /**
   * Sends {@code request}, and sends it again if its failure may pass. A request that succeeds at
   * once, as nearly all do, costs no more than the request.
   */
  public <T> Uni<T> around(Uni<T> request) {
    return Uni.createFrom()
        .deferred(() -> {
          long last = System.nanoTime() + longest.toNanos();
          return request
              .onFailure(TransferException::isPassing)
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
        .onFailure(TransferException::isPassing)
        .recoverWithUni(next -> again(request, number + 1, last, next));
  }

  private Duration pause(int number) {
    double doubled = firstPause.toNanos() * Math.pow(2, number - 1);
    double jitter = ThreadLocalRandom.current().nextDouble(0.5, 1.5);
    return Duration.ofNanos(
        Math.max(1, (long) (Math.min(doubled, longestPause.toNanos()) * jitter)));
  }
}
