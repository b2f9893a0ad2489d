package io.parsecbackup.schedule;

import static io.parsecbackup.schedule.DueScenario.at;
import static io.parsecbackup.schedule.DueScenario.due;
import static io.parsecbackup.schedule.DueScenario.expected;
import static io.parsecbackup.schedule.DueScenario.policy;
import static io.parsecbackup.schedule.DueScenario.scheduled;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.parsecbackup.schedule.DueRun.Reason;
import io.parsecbackup.schedule.PastRun.Outcome;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** A change of the clock neither stops the schedule nor starts too many runs. */
class DuePolicyClockTest {

  @Test
  void aRunDatedFarAheadDoesNotStopTheSchedule() {
    var ahead =
        new PastRun(
            Instant.parse("2031-01-01T02:00:00Z"),
            Instant.parse("2031-01-01T02:10:00Z"),
            Outcome.COMPLETE,
            true);
    assertEquals(expected("21T02:00", Reason.REGULAR), due("20T13:00", ahead));
    assertEquals(
        expected("22T02:00", Reason.REGULAR),
        due("21T03:00", ahead, scheduled("21T02:00", Outcome.COMPLETE)));
  }

  @Test
  void aRunDatedALittleAheadIsNotStartedAgain() {
    assertEquals(
        expected("22T02:00", Reason.REGULAR),
        due("21T01:30", scheduled("21T02:00", Outcome.COMPLETE)));
  }

  @Test
  void anEndDatedFarAheadDoesNotDelayTheRetry() {
    var run =
        new PastRun(at("21T02:00"), Instant.parse("2031-01-01T02:10:00Z"), Outcome.FAILED, true);
    assertEquals(expected("21T02:05", Reason.RETRY), due("21T02:11", run));
  }

  @Test
  void aRunThatSeemsToEndBeforeItBeganCountsFromItsStart() {
    var run = new PastRun(at("21T02:00"), at("20T02:00"), Outcome.COMPLETE, true);
    assertEquals(expected("22T02:00", Reason.REGULAR), due("21T02:11", run));
  }

  @Test
  void aServiceThatSeemsToStartInTheFutureStillStartsBackups() {
    Instant ahead = Instant.parse("2031-01-01T00:00:00Z");
    assertEquals(expected("21T02:00", Reason.REGULAR), due("0 2 * * *", "21T02:00", ahead));
    assertEquals(
        Optional.of(expected("21T01:00", Reason.FIRST)),
        policy("0 2 * * *").next(at("21T02:00"), ahead, List.of(), false));
  }
}
