package io.parsecbackup.sync;

import io.smallrye.mutiny.Uni;
import java.time.Duration;

/**
 * How often, and after which pauses, a request is tried again. Each pause is about twice as long as
 * the one before, and by chance up to half as much longer or shorter: requests that failed together
 * do not come back together.
 */
record Retries(int moreTries, Duration firstPause, Duration longestPause) {

  /**
   * With the first one seven tries, the pauses together some 13 s: a server's restart is sat out.
   */
  static final Retries USUAL = new Retries(6, Duration.ofMillis(200), Duration.ofSeconds(10));

  /** {@code request}, again where its failure may pass. */
  <T> Uni<T> around(Uni<T> request) {
    return request
        .onFailure(TransferException::isPassing)
        .retry()
        .withBackOff(firstPause, longestPause)
        .atMost(moreTries);
  }
}
