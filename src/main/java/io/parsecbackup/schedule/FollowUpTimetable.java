package io.parsecbackup.schedule;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * {@code after-backup}: a run is due once after each backup.
 *
 * @param backup when the newest backup that no run has followed was published; empty if there is no
 *     such backup
 * @param backups when backups start
 */
record FollowUpTimetable(Optional<Instant> backup, Timetable backups) implements Timetable {

  /** Nothing is due before the next backup, whose time is not known. */
  private static final Instant NOT_YET = Instant.parse("9999-12-31T00:00:00Z");

  /**
   * A backup that was published during the last run is due after that run. One that was published
   * before it is not: if that run failed, it is retried.
   */
  @Override
  public Optional<Instant> next(Instant lastStart, Instant after) {
    return Optional.of(
        backup
            .filter(at -> at.isAfter(lastStart))
            .map(at -> at.isAfter(after) ? at : after.plusMillis(1))
            .orElse(NOT_YET));
  }

  @Override
  public Optional<Duration> interval(Instant at) {
    return backups.interval(at);
  }

  @Override
  public String toString() {
    return "after each backup";
  }
}
