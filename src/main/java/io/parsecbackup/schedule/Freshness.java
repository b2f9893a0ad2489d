package io.parsecbackup.schedule;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Whether the newest complete backup is recent enough.
 *
 * @param state the result
 * @param age of the newest complete backup, never negative; empty if no backup is complete
 * @param maxAge the maximum age; an older backup is stale
 */
public record Freshness(State state, Optional<Duration> age, Duration maxAge) {

  /** The result. */
  public enum State {
    /** Not older than the maximum age. */
    FRESH,
    /** Older than the maximum age, or dated so far in the future that its age is not known. */
    STALE,
    /** There is no complete backup. */
    NONE
  }

  /**
   * If the schedule is off, something else starts backups. This assumes one a day that takes up to
   * two hours.
   */
  private static final Duration MAX_AGE_WHEN_OFF = Duration.ofHours(26);

  /**
   * The maximum age of a fresh backup.
   *
   * @param configured {@code parsec.backup.max-age}; if empty, twice the timetable's interval
   */
  public static Duration maxAge(Optional<Duration> configured, Timetable timetable, Instant now) {
    return configured.orElseGet(() ->
        timetable.interval(now).map(interval -> interval.multipliedBy(2)).orElse(MAX_AGE_WHEN_OFF));
  }

  /**
   * Compares the newest complete backup with the maximum age.
   *
   * @param snapshotAt its date, by the database's clock. If it is in the future by up to {@code
   *     maxAge}, its age is 0
   */
  public static Freshness of(Optional<Instant> snapshotAt, Duration maxAge, Instant now) {
    if (snapshotAt.isEmpty()) {
      return new Freshness(State.NONE, Optional.empty(), maxAge);
    }
    Duration age = Duration.between(snapshotAt.get(), now);
    State state = age.abs().compareTo(maxAge) > 0 ? State.STALE : State.FRESH;
    return new Freshness(state, Optional.of(age.isNegative() ? Duration.ZERO : age), maxAge);
  }
}
