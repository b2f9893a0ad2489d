package io.parsecbackup.schedule;

import io.parsecbackup.Problem;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Locale;
import java.util.Optional;

/**
 * The regular times of a schedule setting: Unix cron, {@code every 6h}, or {@code off}. Immutable
 * and without a clock of its own.
 */
public sealed interface Timetable permits CronTimetable, EveryTimetable, Timetable.Off {

  /**
   * Reads a schedule setting. Upper and lower case are the same, white space around the text does
   * not count.
   *
   * <ul>
   *   <li>Five fields as in Vixie's crontab(5), see {@link CronTimetable}; also {@code @hourly},
   *       {@code @daily}, {@code @midnight}, {@code @weekly}, {@code @monthly}, {@code @yearly},
   *       {@code @annually}.
   *   <li>{@code every} and a length in {@code d}, {@code h}, {@code m}, {@code s}, the longer unit
   *       first ({@code every 1d12h}), at least a minute. A day is 24 hours here.
   *   <li>{@code off}: never.
   * </ul>
   *
   * @param key the setting's name, for the message
   * @param zone the time zone whose clock the cron fields are read on
   * @throws Problem of kind {@code CONFIGURATION} for any other text, and for a cron that names no
   *     day that exists
   */
  static Timetable parse(String key, String text, ZoneId zone) {
    String plain = text.strip().toLowerCase(Locale.ROOT);
    try {
      if (plain.equals("off")) {
        return new Off();
      }
      if (plain.equals("every") || plain.matches("every\\s.*")) {
        return EveryTimetable.parse(plain.substring("every".length()).strip());
      }
      return new CronTimetable(text.strip(), CronExpression.parse(plain), zone);
    } catch (IllegalArgumentException wrong) {
      throw new Problem(
          Problem.Kind.CONFIGURATION,
          key
              + ": \""
              + text
              + "\" is no schedule: "
              + wrong.getMessage()
              + ". Right would be Unix cron (minute hour day month weekday) such as"
              + " \"0 2 * * *\", or \"every 6h\", or \"off\".",
          wrong);
    }
  }

  /** The first regular time strictly after {@code after}; empty when there is none. */
  default Optional<Instant> next(Instant after) {
    return next(after, after);
  }

  /**
   * The first regular time strictly after {@code after}, with the last run's start known.
   *
   * @param lastStart where {@code every} counts from: its times are this plus whole intervals. Cron
   *     does not look at it.
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
