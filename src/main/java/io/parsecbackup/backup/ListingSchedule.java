package io.parsecbackup.backup;

import io.parsecbackup.repository.Repository;
import io.parsecbackup.repository.storage.RunId;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Decides when a run with the strategy {@code references} also compares the whole listing.
 *
 * @param every the interval between two comparisons; empty for never
 */
record ListingSchedule(Repository repository, Optional<Duration> every) {

  /** The tolerance: runs do not start at the same second each day. */
  private static final Duration LONGEST_MARGIN = Duration.ofMinutes(30);

  /**
   * When the whole listing was last compared with what the repository holds now.
   *
   * @return empty if it was never compared, or if files were adopted since then
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

  /** Whether no object was ever copied, so that there is nothing to compare. */
  boolean isFirstRun() throws IOException {
    return repository.index().isEmpty();
  }

  /**
   * Whether the run that starts {@code now} has to compare the listing. This is also true after the
   * clock was set back.
   */
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
