package io.parsecbackup.schedule;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parsecbackup.Problem;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TimetableTest {

  private static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");

  private static Timetable parse(String text) {
    return TimetableParser.parse("parsec.backup.schedule", text, ZoneOffset.UTC);
  }

  private static Problem refused(String text) {
    Problem problem = assertThrows(Problem.class, () -> parse(text), text);
    assertEquals(Problem.Kind.CONFIGURATION, problem.kind());
    return problem;
  }

  @Test
  void offIsNeverDue() {
    Timetable off = parse(" OFF ");
    assertEquals(Optional.empty(), off.next(NOW));
    assertEquals(Optional.empty(), off.interval(NOW));
    assertEquals("off", off.toString());
  }

  @ParameterizedTest
  @CsvSource({
    "every 6h, PT6H, every 6h",
    "every 30m, PT30M, every 30m",
    "Every 1D12H, PT36H, every 1d12h",
    "every 1d 12h, PT36H, every 1d12h",
    "every   90s, PT90S, every 1m30s",
    "every 36h, PT36H, every 1d12h",
    "every 1m, PT1M, every 1m",
    "every 7d, PT168H, every 7d",
  })
  void everyCountsFromTheLastStart(String text, Duration interval, String shown) {
    Timetable every = parse(text);
    assertEquals(Optional.of(NOW.plus(interval)), every.next(NOW));
    assertEquals(Optional.of(interval), every.interval(NOW));
    assertEquals(shown, every.toString());
  }

  @Test
  void everySkipsMissedTimesButKeepsItsRhythm() {
    Timetable every = parse("every 6h");
    Instant lastStart = NOW.minusSeconds(20 * 3600);
    assertEquals(Optional.of(NOW.plusSeconds(4 * 3600)), every.next(lastStart, NOW));
    assertEquals(Optional.of(NOW.plusSeconds(6 * 3600)), every.next(NOW, NOW.minusSeconds(1)));
    assertEquals(
        Optional.of(NOW.plusSeconds(12 * 3600)), every.next(NOW, NOW.plusSeconds(6 * 3600)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "every",
        "every 0m",
        "every 59s",
        "every 6",
        "every h",
        "every -6h",
        "every 6h1d",
        "every 6 hours",
        "every 1.5h",
        "every 999999d",
        "every6h",
        "6h",
        "PT6H",
        "never",
        "",
        "  ",
        "null",
        "@reboot",
        "@fortnightly",
        "0 2 * *",
        "0 0 2 * * *",
        "60 * * * *",
        "0 24 * * *",
        "0 2 0 * *",
        "0 2 32 * *",
        "0 2 * 0 *",
        "0 2 * 13 *",
        "0 2 * * 8",
        "-1 * * * *",
        "1- * * * *",
        "0,, 2 * * *",
        ", 2 * * *",
        "*/0 * * * *",
        "*/60 * * * *",
        "* */24 * * *",
        "10-5 * * * *",
        "0 2 * * fri-mon",
        "0 2 * * funday",
        "0 2 * * jan",
        "0 2 mon * *",
        "0 2 ? * *",
        "0 2 L * *",
        "0 2 * * 5#2",
        "1/2/3 * * * *",
        "** * * * *",
        "99999999999 * * * *",
        "٣ 2 * * *",
        "30 2 30 2 *",
        "0 2 31 2,4,6,9,11 *",
        "0 2 30-31 feb *",
      })
  void refusesAnInvalidScheduleAndNamesTheValidForms(String text) {
    String message = String.valueOf(refused(text).getMessage());
    assertTrue(message.startsWith("parsec.backup.schedule: \"" + text + "\""), message);
    assertTrue(message.contains("\"0 2 * * *\""), message);
    assertTrue(message.contains("\"every 6h\""), message);
  }

  @Test
  void reportsWhatIsWrong() {
    assertReason("0 25 * * *", "the hour \"25\" is not within 0-23");
    assertReason("0 2 * * fri-mon", "ends before it starts");
    assertReason("1 0 2 * * *", "cron has 5 fields, but this has 6");
    assertReason("30 2 30 2 *", "never run");
    assertReason("every 59s", "the shortest interval is 1m");
    assertReason("@reboot", "@daily");
    assertReason(" ", "it is empty");
  }

  private static void assertReason(String text, String reason) {
    String message = String.valueOf(refused(text).getMessage());
    assertTrue(message.contains(reason), message);
  }

  @Test
  void cronShowsItsTextAndZone() {
    Timetable cron = parse(" 0  2 * * MON ");
    assertInstanceOf(CronTimetable.class, cron);
    assertEquals("0  2 * * MON (Z)", cron.toString());
    assertFalse(parse("@daily").toString().isBlank());
  }
}
