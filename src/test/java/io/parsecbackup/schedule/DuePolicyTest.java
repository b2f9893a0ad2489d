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
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Regular, missed and first runs. The schedule is 02:00 UTC unless a test sets another one. */
class DuePolicyTest {

  @Test
  void continuesFromTheLatestAttempt() {
    DueRun due = due("21T12:00", scheduled("21T02:00", Outcome.COMPLETE));
    assertEquals(expected("22T02:00", Reason.REGULAR), due);
  }

  @Test
  void staysDueUntilItIsStarted() {
    DueRun due = due("22T02:00", scheduled("21T02:00", Outcome.COMPLETE));
    assertEquals(expected("22T02:00", Reason.REGULAR), due);
    assertEquals(due, due("22T02:07", scheduled("21T02:00", Outcome.COMPLETE)));
  }

  @Test
  void aMachineThatSleptThroughSeveralRunsMakesUpOne() {
    DueRun due = due("25T12:00", scheduled("21T02:00", Outcome.COMPLETE));
    assertEquals(expected("22T02:00", Reason.REGULAR), due);
    due = due("25T12:10", scheduled("25T12:00", Outcome.COMPLETE));
    assertEquals(expected("26T02:00", Reason.REGULAR), due);
  }

  @Test
  void withBackupsButNoKnownRunWaitsForTheNextTimeAfterTheStart() {
    assertEquals(expected("21T02:00", Reason.REGULAR), due("20T12:00"));
    assertEquals(expected("21T02:00", Reason.REGULAR), due("21T02:01"));
  }

  @Test
  void everyCountsFromTheLatestAttempt() {
    DueRun due = due("every 6h", "21T03:00", UP_SINCE, scheduled("21T02:07", Outcome.COMPLETE));
    assertEquals(expected("21T08:07", Reason.REGULAR), due);
    due = due("every 6h", "21T03:00", UP_SINCE, manual("21T02:07", Outcome.COMPLETE));
    assertEquals(expected("21T08:07", Reason.REGULAR), due);
  }

  @Test
  void aTimeThatCameDuringARunIsNotMadeUp() {
    var long3h = new PastRun(at("21T02:00"), at("21T05:20"), Outcome.COMPLETE, true);
    assertEquals(
        expected("21T06:00", Reason.REGULAR), due("@hourly", "21T05:20", UP_SINCE, long3h));
    assertEquals(
        expected("21T06:00", Reason.REGULAR), due("every 1h", "21T05:20", UP_SINCE, long3h));
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void neverStartsASecondRunWhileOneIsRunning(boolean scheduled) {
    var going = new PastRun(at("21T01:00"), at("21T01:00"), Outcome.RUNNING, scheduled);
    var before = scheduled("20T02:00", Outcome.FAILED);
    DueRun due = due("@hourly", "21T05:20", UP_SINCE, going, before);
    assertEquals(expected("21T06:00", Reason.REGULAR), due);
    assertEquals(
        Optional.of(due), policy("@hourly").next(at("21T05:20"), UP_SINCE, List.of(going), false));
  }

  @Test
  void aTimeThatPassedWhileTheServiceWasDownIsMadeUpAtTheStart() {
    Instant upSince = at("25T12:00");
    DueRun due = due("0 2 * * *", "25T12:00", upSince, scheduled("21T02:00", Outcome.COMPLETE));
    assertEquals(new DueRun(upSince, Reason.MISSED), due);
  }

  @Test
  void severalMissedTimesAreMadeUpByOneRun() {
    Instant upSince = at("25T12:00");
    DueRun due =
        due(
            "0 2 * * *",
            "25T12:30",
            upSince,
            scheduled("25T12:00", Outcome.COMPLETE),
            scheduled("21T02:00", Outcome.COMPLETE));
    assertEquals(expected("26T02:00", Reason.REGULAR), due);
  }

  @Test
  void aRestartBetweenTwoTimesMakesUpNothing() {
    DueRun due =
        due("0 2 * * *", "25T12:00", at("25T12:00"), scheduled("25T02:00", Outcome.COMPLETE));
    assertEquals(expected("26T02:00", Reason.REGULAR), due);
  }

  @Test
  void aManualBackupReplacesAMissedRun() {
    DueRun due =
        due(
            "0 2 * * *",
            "25T12:00",
            at("25T12:00"),
            manual("25T05:00", Outcome.COMPLETE),
            scheduled("21T02:00", Outcome.COMPLETE));
    assertEquals(expected("26T02:00", Reason.REGULAR), due);
  }

  @Test
  void anEmptyRepositoryIsFilledAtOnce() {
    assertEquals(
        Optional.of(new DueRun(UP_SINCE, Reason.FIRST)),
        policy("0 2 * * *").next(at("20T12:01"), UP_SINCE, List.of(), false));
  }

  @ParameterizedTest
  @EnumSource(names = {"FAILED", "CANCELLED"})
  void aManualRunWithoutABackupDoesNotReplaceTheFirstRun(Outcome outcome) {
    List<PastRun> runs = List.of(manual("20T11:00", outcome));
    assertEquals(
        Optional.of(new DueRun(UP_SINCE, Reason.FIRST)),
        policy("0 2 * * *").next(at("20T12:01"), UP_SINCE, runs, false));
  }

  @Test
  void theFirstRunIsRepeatedLikeAnyOther() {
    List<PastRun> runs = List.of(scheduled("20T12:00", Outcome.FAILED));
    assertEquals(
        Optional.of(expected("20T12:15", Reason.RETRY)),
        policy("0 2 * * *").next(at("20T12:11"), UP_SINCE, runs, false));
  }

  @Test
  void aCancelledFirstRunIsNotMadeUpAgain() {
    List<PastRun> runs = List.of(scheduled("20T12:00", Outcome.CANCELLED));
    assertEquals(
        Optional.of(expected("21T02:00", Reason.REGULAR)),
        policy("0 2 * * *").next(at("20T12:11"), UP_SINCE, runs, false));
  }

  @Test
  void offStartsNothing() {
    PastRun failed = scheduled("21T02:00", Outcome.FAILED);
    for (boolean hasBackup : new boolean[] {true, false}) {
      assertEquals(
          Optional.empty(), policy("off").next(at("21T02:11"), UP_SINCE, List.of(), hasBackup));
      assertEquals(
          Optional.empty(),
          policy("off").next(at("21T02:11"), UP_SINCE, List.of(failed), hasBackup));
    }
  }
}
