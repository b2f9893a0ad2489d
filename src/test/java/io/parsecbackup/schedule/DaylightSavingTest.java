package io.parsecbackup.schedule;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Clock changes neither repeat nor lose a run. */
class DaylightSavingTest {

  private static List<ZonedDateTime> runs(String cron, ZoneId zone, LocalDate from, LocalDate to) {
    Timetable timetable = TimetableParser.parse("key", cron, zone);
    Instant end = to.atStartOfDay(zone).toInstant();
    var runs = new ArrayList<ZonedDateTime>();
    Instant at = timetable.next(from.atStartOfDay(zone).toInstant().minusNanos(1)).orElseThrow();
    while (at.isBefore(end)) {
      runs.add(at.atZone(zone));
      Instant next = timetable.next(at).orElseThrow();
      assertTrue(next.isAfter(at), cron + " in " + zone + " does not move on from " + at);
      at = next;
    }
    return runs;
  }

  private static List<String> onDay(String cron, String zone, String day) {
    LocalDate date = LocalDate.parse(day);
    return runs(cron, ZoneId.of(zone), date, date.plusDays(1)).stream()
        .map(at -> at.toLocalTime() + at.getOffset().getId().replace(":00", ""))
        .toList();
  }

  @ParameterizedTest
  @CsvSource({
    // The hour 02 is skipped.
    "30 2 * * *, Europe/Paris, 2026-03-29, 03:30+02",
    "0 2 * * *, Europe/Paris, 2026-03-29, 03:00+02",
    "30 2 * * *, America/New_York, 2026-03-08, 03:30-04",
    "'30 2,3 * * *', Europe/Paris, 2026-03-29, 03:30+02",
    "0 */8 * * *, Europe/Paris, 2026-03-29, 00:00+01 08:00+02 16:00+02",
    "0 0-4/2 * * *, Europe/Paris, 2026-03-29, 00:00+01 03:00+02 04:00+02",
    "*/30 2 * * *, Europe/Paris, 2026-03-29, 03:00+02 03:30+02",
    "15 2 * * *, Australia/Lord_Howe, 2026-10-04, 02:45+11",
    "45 2 * * *, Australia/Lord_Howe, 2026-10-04, 02:45+11",
    "0 0 * * *, America/Sao_Paulo, 2018-11-04, 01:00-02",
    "0 0 * * SUN, America/Sao_Paulo, 2018-11-04, 01:00-02",
    // The hour 02, the hour 01, the half hour from 01:30 and the hour 23 occur twice.
    "30 2 * * *, Europe/Paris, 2026-10-25, 02:30+02",
    "30 1 * * *, America/New_York, 2026-11-01, 01:30-04",
    "*/30 2 * * *, Europe/Paris, 2026-10-25, 02:00+02 02:30+02",
    "45 1 * * *, Australia/Lord_Howe, 2026-04-05, 01:45+11",
    "30 23 * * *, America/Sao_Paulo, 2018-02-17, 23:30-02",
    "0 0-4/2 * * *, Europe/Paris, 2026-10-25, 00:00+02 02:00+02 04:00+01",
  })
  void timesOfDayRunOnceOnTheDayOfAClockChange(
      String cron, String zone, String day, String expected) {
    assertEquals(List.of(expected.split(" ")), onDay(cron, zone, day));
  }

  @ParameterizedTest
  @CsvSource({
    "0 * * * *, Europe/Paris, 2026-10-25, 25",
    "0 * * * *, Europe/Paris, 2026-03-29, 23",
    "0 0-23 * * *, Europe/Paris, 2026-10-25, 25",
    "*/20 * * * *, Europe/Paris, 2026-10-25, 75",
    "*/20 * * * *, Europe/Paris, 2026-03-29, 69",
    "0 */2 * * *, Europe/Paris, 2026-10-25, 13",
    "0 */2 * * *, Europe/Paris, 2026-03-29, 12",
    "0 * * * *, Australia/Lord_Howe, 2026-04-05, 24",
    "30 * * * *, Australia/Lord_Howe, 2026-04-05, 25",
    "0 * * * *, Australia/Lord_Howe, 2026-10-04, 24",
  })
  void intervalsFollowTheElapsedHours(String cron, String zone, String day, int expected) {
    assertEquals(expected, onDay(cron, zone, day).size());
  }

  @ParameterizedTest
  @CsvSource({
    "Europe/Paris, 2026",
    "America/New_York, 2026",
    "America/Sao_Paulo, 2018",
    "Africa/Cairo, 2025",
    "Asia/Kolkata, 2026",
    "UTC, 2026",
  })
  void anHourlyRunIsHourly(String zone, int year) {
    LocalDate from = LocalDate.of(year, 1, 1);
    for (String cron : List.of("0 * * * *", "37 * * * *", "@hourly")) {
      assertEquals(Set.of(Duration.ofHours(1)), gaps(cron, ZoneId.of(zone), from), cron);
    }
    assertEquals(Set.of(Duration.ofMinutes(20)), gaps("*/20 * * * *", ZoneId.of(zone), from));
  }

  /** If the clock changes by half an hour, one hour has 30 or 90 minutes. */
  @Test
  void anHourlyRunIsHourlyIfTheClockChangesByHalfAnHour() {
    for (String cron : List.of("0 * * * *", "37 * * * *")) {
      Set<Duration> gaps = gaps(cron, ZoneId.of("Australia/Lord_Howe"), LocalDate.of(2026, 1, 1));
      assertTrue(
          Set.of(Duration.ofMinutes(30), Duration.ofHours(1), Duration.ofMinutes(90))
              .containsAll(gaps),
          cron + ": " + gaps);
    }
  }

  private static Set<Duration> gaps(String cron, ZoneId zone, LocalDate from) {
    List<ZonedDateTime> runs = runs(cron, zone, from, from.plusYears(1));
    return IntStream.range(1, runs.size())
        .mapToObj(i -> Duration.between(runs.get(i - 1), runs.get(i)))
        .collect(Collectors.toSet());
  }

  @ParameterizedTest
  @CsvSource({
    "Europe/Paris, 2026",
    "America/New_York, 2026",
    "Australia/Lord_Howe, 2026",
    "Asia/Kolkata, 2026",
    "UTC, 2026",
    "America/Sao_Paulo, 2018",
    "Africa/Cairo, 2025",
    "Atlantic/Azores, 2026",
    "America/Havana, 2026",
  })
  void aTimeOfDayRunsOnceOnEachDay(String zone, int year) {
    LocalDate from = LocalDate.of(year, 1, 1);
    for (int minute = 0; minute < 24 * 60; minute += 15) {
      String cron = minute % 60 + " " + minute / 60 + " * * *";
      // The whole year for some times of day, and for each one the days around every clock change.
      if (minute % 180 == 0) {
        runsOnceOnEachDay(cron, ZoneId.of(zone), from, from.plusYears(1));
      }
      for (LocalDate change : clockChanges(ZoneId.of(zone), year)) {
        runsOnceOnEachDay(cron, ZoneId.of(zone), change.minusDays(5), change.plusDays(5));
      }
    }
  }

  private static void runsOnceOnEachDay(String cron, ZoneId zone, LocalDate from, LocalDate to) {
    assertEquals(
        from.datesUntil(to).toList(),
        runs(cron, zone, from, to).stream().map(ZonedDateTime::toLocalDate).toList(),
        cron);
  }

  private static List<LocalDate> clockChanges(ZoneId zone, int year) {
    return Stream.iterate(
            zone.getRules().nextTransition(LocalDate.of(year, 1, 1).atStartOfDay(zone).toInstant()),
            Objects::nonNull,
            change -> zone.getRules().nextTransition(change.getInstant()))
        .map(change -> change.getDateTimeBefore().toLocalDate())
        .takeWhile(day -> day.getYear() == year)
        .toList();
  }

  /**
   * Compares with java.time's resolution of every local time, over a year with its clock changes.
   */
  @ParameterizedTest
  @CsvSource({
    "Europe/Paris, 2026",
    "America/New_York, 2026",
    "Australia/Lord_Howe, 2026",
    "America/Sao_Paulo, 2018",
    // Set back at 00:01, so that the repeated hour starts on the day before.
    "America/St_Johns, 2006",
    // Has no 30 December 2011.
    "Pacific/Apia, 2011",
  })
  void everyMatchingTimeRunsAndNothingElse(String zone, int year) {
    var random = new Random(year);
    LocalDate from = LocalDate.of(year, 1, 2);
    LocalDate to = LocalDate.of(year + 1, 1, 1);
    for (int i = 0; i < 25; i++) {
      String cron = RandomCron.expression(random, 100);
      List<Instant> runs =
          runs(cron, ZoneId.of(zone), from, to).stream().map(Instant::from).toList();
      assertEquals(resolved(cron, ZoneId.of(zone), from, to), runs, cron);
    }
  }

  private static List<Instant> resolved(String cron, ZoneId zone, LocalDate from, LocalDate to) {
    CronExpression expression = CronExpression.parse(cron);
    var instants = new TreeSet<Instant>();
    from.datesUntil(to)
        .filter(expression::matches)
        .flatMap(day -> expression.times().stream().map(time -> day.atTime(time).atZone(zone)))
        .forEach(at -> {
          instants.add(at.toInstant());
          if (expression.isHourlyInterval()) {
            instants.add(at.withLaterOffsetAtOverlap().toInstant());
          }
        });
    return List.copyOf(instants);
  }
}
