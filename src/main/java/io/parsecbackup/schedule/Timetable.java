package io.parsecbackup.schedule;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * The regular times of a schedule setting: Unix cron, {@code every 6h}, or {@code off}. Immutable
 * and without a clock of its own.
 */
public interface Timetable {

  /** The first regular time strictly after {@code after}; empty for {@code off}. */
  default Optional<Instant> next(Instant after) {
    return next(after, after);
  }

  /**
   * The first regular time strictly after {@code after}, with the last run's start known.
   *
   * @param lastStart the times of {@code every} are this plus whole intervals; cron ignores it
   */
  Optional<Instant> next(Instant lastStart, Instant after);

  /**
   * The longest usual time between two runs, looking at the year that follows {@code at}: 24 hours
   * for a daily cron, 72 for one on working days. Measured on the wall clock, so that a day of 25
   * hours does not stretch it. Empty for {@code off}.
   */
  Optional<Duration> interval(Instant at);

  /** Never. */
  record Off() implements Timetable {
    @Override
    public Optional<Instant> next(Instant lastStart, Instant after) {
      return Optional.empty();
    }

    @Override
    public Optional<Duration> interval(Instant at) {
      return Optional.empty();
    }

    @Override
    public String toString() {
      return "off";
    }
  }
}
