package io.parsecbackup.schedule;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.cronutils.model.CronType;
import com.cronutils.model.definition.CronDefinitionBuilder;
import com.cronutils.model.time.ExecutionTime;
import com.cronutils.parser.CronParser;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Fields and intervals, without clock changes. */
class CronTimetableTest {

  /** A Thursday. */
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  private static Timetable cron(String text) {
    return TimetableParser.parse("key", text, ZoneOffset.UTC);
  }

  private static List<String> next(String text, int count) {
    Timetable timetable = cron(text);
    return Stream.iterate(START, at -> timetable.next(at).orElseThrow())
        .skip(1)
        .limit(count)
        .map(at -> at.toString().substring(5, 16))
        .toList();
  }

  @ParameterizedTest
  @CsvSource({
    "0 2 * * *, 01-01T02:00 01-02T02:00",
    "5\t02 * * *, 01-01T02:05 01-02T02:05",
    "0 2 * * 0, 01-04T02:00 01-11T02:00",
    "0 2 * * 7, 01-04T02:00 01-11T02:00",
    "0 2 * * Sun, 01-04T02:00 01-11T02:00",
    "0 2 * * 5-7, 01-02T02:00 01-03T02:00 01-04T02:00 01-09T02:00",
    "0 2 * * SAT-SUN, 01-03T02:00 01-04T02:00 01-10T02:00",
    "0 2 * * sun-mon, 01-04T02:00 01-05T02:00 01-11T02:00",
    "0 2 * * mon-fri/2, 01-02T02:00 01-05T02:00 01-07T02:00",
    "0 2 * JAN-feb/1 *, 01-01T02:00 01-02T02:00",
    "0 2 1 jan *, 01-01T02:00 01-01T02:00",
    "50/5 * * * *, 01-01T00:50 01-01T00:55 01-01T01:50",
    "0 20/3 * * *, 01-01T20:00 01-01T23:00 01-02T20:00",
    "*/40 1 * * *, 01-01T01:00 01-01T01:40 01-02T01:00",
    "@daily, 01-02T00:00 01-03T00:00",
    "@MIDNIGHT, 01-02T00:00 01-03T00:00",
    "@hourly, 01-01T01:00 01-01T02:00",
    "@weekly, 01-04T00:00 01-11T00:00",
    "@monthly, 02-01T00:00 03-01T00:00",
    "@yearly, 01-01T00:00 01-01T00:00",
  })
  void readsFieldsAsUnixCronDoes(String text, String expected) {
    List<String> times = List.of(expected.split(" "));
    assertEquals(times, next(text, times.size()));
  }

  @Test
  void readsListsOfValuesRangesAndSteps() {
    assertEquals(
        List.of("01-01T00:01", "01-01T00:02", "01-01T00:04", "01-01T01:01"),
        next("1,2-4/2 * * * *", 4));
  }

  @Test
  void matchesEitherDayFieldIfBothAreRestricted() {
    assertEquals(
        List.of("01-02T02:00", "01-09T02:00", "01-13T02:00", "01-16T02:00"),
        next("0 2 13 * FRI", 4));
  }

  @Test
  void treatsADayFieldThatStartsWithAStarAsUnrestricted() {
    assertEquals(List.of("01-05T02:00", "01-19T02:00", "02-09T02:00"), next("0 2 */2 * MON", 3));
    assertEquals(List.of("01-13T02:00", "02-13T02:00"), next("0 2 13 * */1", 2));
  }

  @Test
  void returnsTimesStrictlyAfterTheGivenOne() {
    Timetable daily = cron("0 2 * * *");
    Instant two = Instant.parse("2026-01-01T02:00:00Z");
    assertEquals(Optional.of(two), daily.next(two.minusNanos(1)));
    assertEquals(Optional.of(two.plusSeconds(86400)), daily.next(two));
    assertEquals(Optional.of(two.plusSeconds(86400)), daily.next(two.plusNanos(1)));
  }

  @Test
  void findsTheRarestDay() {
    Timetable leap = cron("0 2 29 2 *");
    Instant before2100 = Instant.parse("2097-01-01T00:00:00Z");
    assertEquals(Optional.of(Instant.parse("2104-02-29T02:00:00Z")), leap.next(before2100));
    // Both must match, because the weekday starts with a star: 29 February on a Sunday or Saturday.
    Timetable rarest = cron("0 2 29 2 */6");
    assertEquals(Optional.of(Instant.parse("2032-02-29T02:00:00Z")), rarest.next(START));
  }

  @ParameterizedTest
  @CsvSource({
    "0 2 * * *, P1D",
    "0 * * * *, PT1H",
    "*/20 * * * *, PT20M",
    "*/45 * * * *, PT45M",
    "0 */6 * * *, PT6H",
    "0 2 * * 1-5, P3D",
    "0 8-18 * * *, PT14H",
    "0 2 * * 0, P7D",
    "0 2 1 * *, P31D",
    "0 2 1 1 *, P365D",
    "0 2 29 2 *, P1461D",
    "'0 2 1 1,7 *', P184D",
  })
  void intervalIsTheLongestUsualGap(String text, Duration expected) {
    assertEquals(Optional.of(expected), cron(text).interval(START));
  }

  @Test
  void aLongDayDoesNotStretchTheInterval() {
    Timetable paris = TimetableParser.parse("key", "0 2 * * *", ZoneId.of("Europe/Paris"));
    assertEquals(Optional.of(Duration.ofDays(1)), paris.interval(START));
  }

  @Test
  void intervalIsCheapEvenEveryMinute() {
    Timetable minutely = cron("* * * * *");
    for (int i = 0; i < 1000; i++) {
      assertEquals(Optional.of(Duration.ofMinutes(1)), minutely.interval(START.plusSeconds(i)));
    }
  }

  /**
   * Compares with the other implementation on the class path, without the cases that differ on
   * purpose.
   */
  @Test
  void agreesWithCronUtils() {
    var random = new Random(20261122);
    var parser = new CronParser(CronDefinitionBuilder.instanceDefinitionFor(CronType.UNIX));
    for (int i = 0; i < 400; i++) {
      String text = RandomCron.expression(random);
      Timetable ours = cron(text);
      var theirs = ExecutionTime.forCron(parser.parse(text));
      Instant at = START.plusSeconds(random.nextInt(100_000_000));
      for (int n = 0; n < 10; n++) {
        Optional<Instant> expected =
            theirs.nextExecution(at.atZone(ZoneOffset.UTC)).map(Instant::from);
        assertEquals(expected, ours.next(at), text + " after " + at);
        at = expected.orElseThrow();
      }
    }
  }

  /** Checks every minute, one by one. */
  @Test
  void agreesWithACheckOfEveryMinute() {
    var random = new Random(4);
    for (int i = 0; i < 12; i++) {
      String text = RandomCron.expression(random);
      CronExpression expression = CronExpression.parse(text);
      var expected = new ArrayList<Instant>();
      LocalDateTime end = LocalDateTime.of(2026, 3, 1, 0, 0);
      for (var at = LocalDateTime.of(2026, 1, 1, 0, 1); at.isBefore(end); at = at.plusMinutes(1)) {
        if (expression.matches(at.toLocalDate())
            && expression.hour().has(at.getHour())
            && expression.minute().has(at.getMinute())) {
          expected.add(at.toInstant(ZoneOffset.UTC));
        }
      }
      assertEquals(expected, runs(cron(text), START, end.toInstant(ZoneOffset.UTC)), text);
    }
  }

  private static List<Instant> runs(Timetable timetable, Instant after, Instant end) {
    return Stream.iterate(
            timetable.next(after).orElseThrow(), at -> timetable.next(at).orElseThrow())
        .takeWhile(at -> at.isBefore(end))
        .toList();
  }
}
