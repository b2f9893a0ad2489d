package io.parsecbackup.schedule;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.zone.ZoneRules;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Unix cron on the clock of a time zone. If that clock jumps, it follows cron(8) by Paul Vixie: no
 * run is lost, and no run happens twice.
 *
 * <ul>
 *   <li>A time that a jump forward skips runs once, later by the length of the jump. On the day
 *       when 02:00 becomes 03:00, 02:30 runs at 03:30, 24 hours after the last run.
 *   <li>A time that a jump back repeats runs only the first time. If the hours are an interval
 *       ({@code *} or <code>*&#47;2</code>), it runs both times, so that an hourly run stays
 *       hourly.
 *   <li>Two times at the same instant are one run.
 * </ul>
 */
public final class CronTimetable implements Timetable {

  /**
   * The longest wait is 40 years: between two 29 Februaries on the same weekday, across the year
   * 2100.
   */
  private static final int HORIZON_DAYS = 50 * 366;

  private static final Comparator<ZoneOffset> BY_SECONDS =
      Comparator.comparingInt(ZoneOffset::getTotalSeconds);

  private final String text;
  private final CronExpression expression;
  private final ZoneId zone;
  private final ZoneRules rules;
  private final List<LocalTime> times;

  CronTimetable(String text, CronExpression expression, ZoneId zone) {
    this.text = text;
    this.expression = expression;
    this.zone = zone;
    this.rules = zone.getRules();
    this.times = expression.times();
  }

  @Override
  public Optional<Instant> next(Instant lastStart, Instant after) {
    // Around a jump a later local time may come first. So the loop ends only when no local time
    // that follows can be earlier than the best one.
    LocalDateTime from =
        LocalDateTime.ofInstant(after, nearby(after).min(BY_SECONDS).orElseThrow());
    LocalDateTime until = LocalDateTime.MAX;
    Instant best = Instant.MAX;
    for (LocalDate day : (Iterable<LocalDate>) days(from.toLocalDate())::iterator) {
      if (day.isAfter(until.toLocalDate())) {
        break;
      }
      for (LocalTime time : times) {
        LocalDateTime local = day.atTime(time);
        if (local.isBefore(from) || local.isAfter(until)) {
          continue;
        }
        for (Instant at : instants(local)) {
          if (at.isAfter(after) && at.isBefore(best)) {
            best = at;
            until = LocalDateTime.ofInstant(at, nearby(at).max(BY_SECONDS).orElseThrow());
          }
        }
      }
    }
    return Optional.of(best).filter(Instant.MAX::isAfter);
  }

  /** The offsets from UTC in use within a day of an instant. */
  private Stream<ZoneOffset> nearby(Instant at) {
    // No jump is longer than 24 hours, when a country moves across the date line.
    Duration day = Duration.ofHours(25);
    return Stream.of(at.minus(day), at, at.plus(day)).map(rules::getOffset);
  }

  private Stream<LocalDate> days(LocalDate first) {
    return first.datesUntil(first.plusDays(HORIZON_DAYS)).filter(expression::matches);
  }

  private List<Instant> instants(LocalDateTime local) {
    List<ZoneOffset> offsets = rules.getValidOffsets(local);
    if (offsets.isEmpty()) {
      return List.of(local.toInstant(rules.getTransition(local).getOffsetBefore()));
    }
    int count = expression.isHourlyInterval() ? offsets.size() : 1;
    return offsets.stream().limit(count).map(local::toInstant).toList();
  }

  @Override
  public Optional<Duration> interval(Instant at) {
    Duration longest = Duration.ZERO;
    for (int i = 1; i < times.size(); i++) {
      longest = longer(longest, Duration.between(times.get(i - 1), times.get(i)));
    }
    Duration overnight = Duration.between(times.getLast(), times.getFirst());
    List<LocalDate> days = daysOfAYear(LocalDate.ofInstant(at, zone));
    for (int i = 1; i < days.size(); i++) {
      long apart = days.get(i).toEpochDay() - days.get(i - 1).toEpochDay();
      longest = longer(longest, overnight.plusDays(apart));
    }
    return Optional.of(longest);
  }

  /** The matching days of a year and the first one after it, so that there are at least two. */
  private List<LocalDate> daysOfAYear(LocalDate from) {
    LocalDate end = days(from).findFirst().orElse(from).plusYears(1);
    Stream<LocalDate> within = days(from).takeWhile(day -> day.isBefore(end));
    return Stream.concat(within, days(end).limit(1)).toList();
  }

  private static Duration longer(Duration one, Duration other) {
    return one.compareTo(other) >= 0 ? one : other;
  }

  /** The text of the setting, with the time zone. */
  @Override
  public String toString() {
    return text + " (" + zone + ")";
  }
}
