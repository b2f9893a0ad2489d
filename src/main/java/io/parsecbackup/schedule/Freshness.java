package io.parsecbackup.schedule;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Whether the newest complete backup is recent enough.
 *
 * @param state the answer
 * @param age of the newest complete backup, never negative; empty when there is none
 * @param maxAge the age from which on it is stale
 */
public record Freshness(State state, Optional<Duration> age, Duration maxAge) {

  /** The answer. */
  public enum State {
    /** Not older than the greatest age. */
    FRESH,
    /** Older, or dated so far ahead that its age is not known. */
    STALE,
    /** There is no complete backup. */
    NONE
  }

  /** With the schedule off somebody else starts backups: daily, with two hours to run. */
  private static final Duration MAX_AGE_WHEN_OFF = Duration.ofHours(26);

  /**
   * The greatest age that is still fresh.
   *
   * @param configured {@code parsec.backup.max-age}; where empty, twice the timetable's interval
   */
  public static Duration maxAge(Optional<Duration> configured, Timetable timetable, Instant now) {
    return configured.orElseGet(() ->
        timetable.interval(now).map(interval -> interval.multipliedBy(2)).orElse(MAX_AGE_WHEN_OFF));
  }

  /**
   * Judges the newest complete backup.
   *
   * @param snapshotAt its date, by the database's clock; a date ahead of ours by up to {@code
   *     maxAge} counts as age 0
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
