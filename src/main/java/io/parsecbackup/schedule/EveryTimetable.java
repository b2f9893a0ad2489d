package io.parsecbackup.schedule;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * {@code every 6h}: a fixed time after the last run's start, whatever the clock of a time zone
 * does.
 *
 * @param every at least a minute, in whole seconds
 */
public record EveryTimetable(Duration every) implements Timetable {

  private static final Duration SHORTEST = Duration.ofMinutes(1);

  /** At most five digits for each unit, so that no sum overflows. */
  private static final Pattern LENGTH =
      Pattern.compile(
          "(?:([0-9]{1,5})d)?\\s*(?:([0-9]{1,5})h)?\\s*(?:([0-9]{1,5})m)?\\s*(?:([0-9]{1,5})s)?");

  public EveryTimetable {
    if (every.compareTo(SHORTEST) < 0) {
      throw new IllegalArgumentException("the shortest interval is 1m");
    }
  }

  static EveryTimetable parse(String length) {
    Matcher units = LENGTH.matcher(length);
    if (length.isEmpty() || !units.matches()) {
      throw new IllegalArgumentException(
          "after \"every\" write a duration in d, h, m and s, the longer unit first, such as"
              + " 1d12h");
    }
    return new EveryTimetable(
        Duration.ofDays(number(units, 1))
            .plusHours(number(units, 2))
            .plusMinutes(number(units, 3))
            .plusSeconds(number(units, 4)));
  }

  private static long number(Matcher units, int group) {
    return units.start(group) < 0 ? 0 : Long.parseLong(units.group(group));
  }

  @Override
  public Optional<Instant> next(Instant lastStart, Instant after) {
    if (after.isBefore(lastStart)) {
      return Optional.of(lastStart.plus(every));
    }
    long passed = Duration.between(lastStart, after).dividedBy(every);
    return Optional.of(lastStart.plus(every.multipliedBy(passed + 1)));
  }

  @Override
  public Optional<Duration> interval(Instant at) {
    return Optional.of(every);
  }

  @Override
  public String toString() {
    var text = new StringBuilder("every ");
    append(text, every.toDaysPart(), 'd');
    append(text, every.toHoursPart(), 'h');
    append(text, every.toMinutesPart(), 'm');
    append(text, every.toSecondsPart(), 's');
    return text.toString();
  }

  private static void append(StringBuilder text, long number, char unit) {
    if (number > 0) {
      text.append(number).append(unit);
    }
  }
}
