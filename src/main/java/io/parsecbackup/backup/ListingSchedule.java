package io.parsecbackup.backup;

import io.parsecbackup.repository.Repository;
import io.parsecbackup.repository.storage.RunId;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * When a run that copies by references has to look through the whole listing, too.
 *
 * @param every as often as this; empty for never
 */
record ListingSchedule(Repository repository, Optional<Duration> every) {

  /** Runs do not begin at the same second each day. */
  private static final Duration LONGEST_MARGIN = Duration.ofMinutes(30);

  /**
   * When the whole listing was last compared with what the repository holds now.
   *
   * @return empty when that never was, or files were taken over since
   */
  Optional<Instant> lastComparison() throws IOException {
    List<RunId> published = repository.published().ids();
    if (published.isEmpty() || repository.index().wasAdoptedAfter(published.getLast())) {
      return Optional.empty();
    }
    return new BackupCatalog(repository)
        .published().stream()
            .findFirst()
            .flatMap(Backup::objects)
            .flatMap(Backup.ObjectCounts::comparedAt);
  }

  /** Whether nothing was ever copied: then there is nothing to compare. */
  boolean isFirstRun() throws IOException {
    return repository.index().isEmpty();
  }

  /** Whether the run that begins {@code now} is to compare; also after the clock was set back. */
  boolean isDue(Optional<Instant> lastComparison, Instant now) {
    if (every.isEmpty()) {
      return false;
    }
    Duration margin = every.get().dividedBy(10);
    Duration wait =
        every.get().minus(margin.compareTo(LONGEST_MARGIN) < 0 ? margin : LONGEST_MARGIN);
    return lastComparison
        .map(last -> last.isAfter(now) || !now.isBefore(last.plus(wait)))
        .orElse(true);
  }
}
