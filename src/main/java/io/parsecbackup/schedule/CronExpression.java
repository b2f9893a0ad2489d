package io.parsecbackup.schedule;

import java.time.LocalDate;
import java.time.LocalTime;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The five fields of a cron expression, without a time zone. Follows crontab(5) by Paul Vixie: if
 * both day fields are restricted, a day has to match only one of them. A day field that begins with
 * {@code *} (also <code>*&#47;2</code>) is not restricted; then a day has to match both.
 */
record CronExpression(
    CronField minute, CronField hour, CronField day, CronField month, CronField weekday) {

  private static final Map<String, String> MACROS =
      Map.of(
          "@yearly", "0 0 1 1 *",
          "@annually", "0 0 1 1 *",
          "@monthly", "0 0 1 * *",
          "@weekly", "0 0 * * 0",
          "@daily", "0 0 * * *",
          "@midnight", "0 0 * * *",
          "@hourly", "0 * * * *");

  /** The calendar repeats after 400 years, weekdays included. */
  private static final LocalDate CYCLE_START = LocalDate.of(2000, 1, 1);

  private static final LocalDate CYCLE_END = CYCLE_START.plusYears(400);

  /**
   * Reads an expression, in lower case.
   *
   * @throws IllegalArgumentException whose message is the reason
   */
  static CronExpression parse(String text) {
    if (text.startsWith("@") && !MACROS.containsKey(text)) {
      throw new IllegalArgumentException(
          "the known macros are " + String.join(", ", MACROS.keySet().stream().sorted().toList()));
    }
    String[] fields = MACROS.getOrDefault(text, text).split("\\s+", -1);
    if (fields.length != 5) {
      throw new IllegalArgumentException(
          text.isEmpty() ? "it is empty" : "cron has 5 fields, but this has " + fields.length);
    }
    var expression =
        new CronExpression(
            CronField.parse(CronField.Kind.MINUTE, fields[0]),
            CronField.parse(CronField.Kind.HOUR, fields[1]),
            CronField.parse(CronField.Kind.DAY, fields[2]),
            CronField.parse(CronField.Kind.MONTH, fields[3]),
            CronField.parse(CronField.Kind.WEEKDAY, fields[4]));
    if (CYCLE_START.datesUntil(CYCLE_END).noneMatch(expression::matches)) {
      throw new IllegalArgumentException(
          "none of its months has such a day, so it would never" + " run");
    }
    return expression;
  }

  boolean matches(LocalDate date) {
    if (!month.has(date.getMonthValue())) {
      return false;
    }
    boolean byDay = day.has(date.getDayOfMonth());
    boolean byWeekday = weekday.has(date.getDayOfWeek().getValue() % 7);
    return (day.star() || weekday.star()) ? (byDay && byWeekday) : (byDay || byWeekday);
  }

  /** The times of a day that matches, ascending. */
  List<LocalTime> times() {
    return hour.values().boxed().flatMap(this::timesOf).toList();
  }

  private Stream<LocalTime> timesOf(int hourOfDay) {
    return minute.values().mapToObj(m -> LocalTime.of(hourOfDay, m));
  }

  /**
   * Whether the hours are an interval ({@code *}, <code>*&#47;2</code>, all 24) and not times of
   * day.
   */
  boolean isHourlyInterval() {
    return hour.star() || hour.values().count() == 24;
  }
}
