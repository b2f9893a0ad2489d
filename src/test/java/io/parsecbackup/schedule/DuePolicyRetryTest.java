package io.parsecbackup.schedule;

import static io.parsecbackup.schedule.DueScenario.UP_SINCE;
import static io.parsecbackup.schedule.DueScenario.at;
import static io.parsecbackup.schedule.DueScenario.due;
import static io.parsecbackup.schedule.DueScenario.expected;
import static io.parsecbackup.schedule.DueScenario.manual;
import static io.parsecbackup.schedule.DueScenario.policy;
import static io.parsecbackup.schedule.DueScenario.scheduled;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.parsecbackup.schedule.DueRun.Reason;
import io.parsecbackup.schedule.PastRun.Outcome;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A failed run is repeated. The schedule is 02:00 UTC unless a test sets another one. */
class DuePolicyRetryTest {

  private static final PastRun FAILED = scheduled("21T02:00", Outcome.FAILED);
  private static final PastRun FAILED_AGAIN = scheduled("21T02:15", Outcome.FAILED);
  private static final PastRun FAILED_TWICE_AGAIN = scheduled("21T02:40", Outcome.FAILED);
  private static final PastRun FAILED_FOR_GOOD = scheduled("21T03:50", Outcome.FAILED);

  @Test
  void aFailedRunIsRepeatedAfter5And15And60Minutes() {
    assertEquals(expected("21T02:15", Reason.RETRY), due("21T02:11", FAILED));
    assertEquals(expected("21T02:40", Reason.RETRY), due("21T02:26", FAILED_AGAIN, FAILED));
    assertEquals(
        expected("21T03:50", Reason.RETRY),
        due("21T02:51", FAILED_TWICE_AGAIN, FAILED_AGAIN, FAILED));
  }

  @Test
  void aFailedRunIsRepeatedAtMostThreeTimes() {
    assertEquals(
        expected("22T02:00", Reason.REGULAR),
        due("21T04:00", FAILED_FOR_GOOD, FAILED_TWICE_AGAIN, FAILED_AGAIN, FAILED));
  }

  @Test
  void theNextRegularRunResetsTheCount() {
    PastRun nextDay = scheduled("22T02:00", Outcome.FAILED);
    assertEquals(
        expected("22T02:15", Reason.RETRY),
        due("22T02:11", nextDay, FAILED_FOR_GOOD, FAILED_TWICE_AGAIN, FAILED_AGAIN, FAILED));
  }

  @Test
  void aRegularTimeThatComesEarlierWins() {
    assertEquals(
        expected("21T03:00", Reason.REGULAR),
        due("@hourly", "21T02:51", UP_SINCE, FAILED_TWICE_AGAIN, FAILED_AGAIN, FAILED));
  }

  @Test
  void aShortIntervalIsNotRepeatedFasterThanItRuns() {
    assertEquals(
        expected("21T02:15", Reason.REGULAR), due("every 5m", "21T02:11", UP_SINCE, FAILED));
  }

  @Test
  void aRetryThatWasMissedWhileTheServiceWasDownIsMadeUp() {
    assertEquals(
        expected("21T02:15", Reason.RETRY), due("0 2 * * *", "21T09:00", at("21T09:00"), FAILED));
  }

  @Test
  void aMissedRegularRunReplacesTheRetry() {
    Instant upSince = at("22T09:00");
    assertEquals(new DueRun(upSince, Reason.MISSED), due("0 2 * * *", "22T09:00", upSince, FAILED));
    PastRun madeUp = scheduled("22T09:00", Outcome.FAILED);
    assertEquals(
        expected("22T09:15", Reason.RETRY), due("0 2 * * *", "22T09:11", upSince, madeUp, FAILED));
  }

  @ParameterizedTest
  @EnumSource(names = {"COMPLETE", "INCOMPLETE", "CANCELLED"})
  void onlyAFailedRunIsRepeated(Outcome outcome) {
    assertEquals(
        expected("22T02:00", Reason.REGULAR),
        due("21T02:26", scheduled("21T02:15", outcome), FAILED));
  }

  @ParameterizedTest
  @EnumSource(names = {"COMPLETE", "INCOMPLETE"})
  void aManualBackupCancelsTheRetry(Outcome outcome) {
    assertEquals(
        expected("22T02:00", Reason.REGULAR), due("21T02:26", manual("21T02:11", outcome), FAILED));
  }

  @ParameterizedTest
  @EnumSource(names = {"FAILED", "CANCELLED"})
  void aManualRunWithoutABackupChangesNothing(Outcome outcome) {
    assertEquals(
        expected("21T02:15", Reason.RETRY), due("21T02:26", manual("21T02:11", outcome), FAILED));
    assertEquals(
        expected("22T02:00", Reason.REGULAR),
        due("22T02:05", manual("22T01:55", outcome), scheduled("21T02:00", Outcome.COMPLETE)));
  }

  @Test
  void aFailedManualRunIsNotRepeated() {
    assertEquals(
        expected("22T02:00", Reason.REGULAR),
        due(
            "21T12:11",
            manual("21T12:00", Outcome.FAILED),
            scheduled("21T02:00", Outcome.COMPLETE)));
  }

  @Test
  void aManualBackupDoesNotShiftCron() {
    assertEquals(
        expected("22T02:00", Reason.REGULAR),
        due(
            "22T01:40",
            manual("22T01:20", Outcome.COMPLETE),
            scheduled("21T02:00", Outcome.COMPLETE)));
  }

  @Test
  void aWeekOfFailuresTriesFourTimesADay() {
    var runs = new ArrayList<PastRun>();
    var reasons = new ArrayList<Reason>();
    Instant now = UP_SINCE;
    while (now.isBefore(at("27T12:00"))) {
      List<PastRun> newest = runs.stream().limit(10).toList();
      DueRun due = policy("0 2 * * *").next(now, UP_SINCE, newest, false).orElseThrow();
      if (due.at().isAfter(now)) {
        now = due.at();
        continue;
      }
      reasons.add(due.reason());
      Instant end = now.plusSeconds(1);
      runs.addFirst(new PastRun(now, end, Outcome.FAILED, true));
      now = end;
    }
    assertEquals(32, reasons.size());
    assertEquals(1, reasons.stream().filter(Reason.FIRST::equals).count());
    assertEquals(7, reasons.stream().filter(Reason.REGULAR::equals).count());
    assertEquals(24, reasons.stream().filter(Reason.RETRY::equals).count());
  }
}
