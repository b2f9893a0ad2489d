package io.parsecbackup.schedule;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parsecbackup.Problem;
import io.parsecbackup.job.JobState;
import io.parsecbackup.job.Trigger;
import io.parsecbackup.restore.VerifyConfig;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** When verifications start, and with which part. */
class VerifyScheduleTest {

  private static final Duration HOUR = Duration.ofHours(1);
  private static final Duration DAY = Duration.ofDays(1);

  private final ScheduledJobs jobs = new ScheduledJobs();

  @Test
  void isDueEveryDayByDefaultAndStartsWithTheFirstOfThirtyParts() {
    VerifyConfig defaults = ScheduledJobs.config().getConfigMapping(VerifyConfig.class);

    assertEquals("30 4 * * *", defaults.schedule());
    assertEquals("1/30", defaults.subset());
  }

  @Test
  void startsNoneAtOnceAndThenOneADay() {
    JobSchedule schedule = jobs.verify("30 4 * * *", "1/30");

    schedule.tick();
    assertEquals(List.of(), jobs.started);
    Instant next = schedule.nextRun().orElseThrow();
    assertEquals(
        Duration.ofMinutes(270), Duration.between(next.truncatedTo(ChronoUnit.DAYS), next));
    jobs.pass(schedule, DAY.multipliedBy(3));

    assertEquals(List.of("1/30", "2/30", "3/30"), jobs.started);
  }

  @Test
  void coversAllPartsAcrossRestartsAndThenStartsAgain() {
    for (int i = 0; i < 5; i++) {
      jobs.pass(jobs.verify("30 4 * * *", "2/3"), DAY);
    }

    assertEquals(List.of("2/3", "3/3", "1/3", "2/3", "3/3"), jobs.started);
  }

  @Test
  void makesUpAMissedVerificationOnceAfterARestart() {
    jobs.pass(jobs.verify("30 4 * * *", "1/3"), DAY);
    jobs.clock.advance(DAY.multipliedBy(5));
    JobSchedule afterTheRestart = jobs.verify("30 4 * * *", "1/3");

    afterTheRestart.tick();
    afterTheRestart.tick();

    assertEquals(List.of("1/3", "2/3"), jobs.started);
  }

  @Test
  void retriesAFailedPart() {
    JobSchedule schedule = jobs.verify("every 24h", "1/3");
    jobs.pass(schedule, DAY);
    jobs.ends = JobState.FAILED;
    jobs.pass(schedule, DAY);
    assertEquals(List.of("1/3", "2/3"), jobs.started);
    jobs.ends = JobState.COMPLETE;
    jobs.pass(schedule, Duration.ofMinutes(10));
    assertEquals(List.of("1/3", "2/3", "2/3"), jobs.started);
    jobs.pass(schedule, DAY);

    assertEquals(List.of("1/3", "2/3", "2/3", "3/3"), jobs.started);
  }

  @Test
  void staysAtThePartThroughAWeekOfFailures() {
    JobSchedule schedule = jobs.verify("every 24h", "1/30");
    jobs.pass(schedule, DAY);
    jobs.ends = JobState.FAILED;
    jobs.pass(schedule, DAY.multipliedBy(7));
    assertTrue(jobs.started.size() > 20, jobs.started.toString());
    jobs.ends = JobState.COMPLETE;
    jobs.pass(schedule, DAY);

    assertEquals("2/30", jobs.started.getLast());
  }

  @Test
  void continuesWithTheNextPartAfterOneThatFoundDamage() {
    jobs.ends = JobState.INCOMPLETE;
    JobSchedule schedule = jobs.verify("every 24h", "1/3");
    jobs.pass(schedule, DAY.multipliedBy(2));

    assertEquals(List.of("1/3", "2/3"), jobs.started);
  }

  @Test
  void startsWithTheConfiguredPartIfTheNumberOfPartsChanged() {
    jobs.pass(jobs.verify("every 24h", "1/3"), DAY);
    jobs.pass(jobs.verify("every 24h", "4/7"), DAY);

    assertEquals(List.of("1/3", "4/7"), jobs.started);
  }

  @Test
  void ignoresManualVerifications() {
    JobSchedule schedule = jobs.verify("every 24h", "1/3");
    jobs.pass(schedule, DAY);
    Instant next = schedule.nextRun().orElseThrow();
    for (int i = 0; i < 200; i++) {
      jobs.record(Trigger.REST, JobState.COMPLETE, "2/3");
    }
    assertEquals(next, schedule.nextRun().orElseThrow());
    jobs.pass(schedule, DAY);

    assertEquals(List.of("1/3", "2/3"), jobs.started);
  }

  @Test
  void treatsALockedRepositoryAsAFailureAndRetriesAfterFiveMinutesFifteenAndAnHour() {
    JobSchedule schedule = jobs.verify("every 24h", "1/3");
    jobs.refusal = Optional.of(Problem.Kind.HELD);
    jobs.pass(schedule, DAY);
    Instant first = jobs.clock.instant();

    for (int minutes : new int[] {5, 15, 60}) {
      assertDueIn(minutes, schedule);
      jobs.clock.advance(Duration.ofMinutes(minutes).plusSeconds(1));
      schedule.tick();
      schedule.tick();
    }
    Duration untilNext = Duration.between(first, schedule.nextRun().orElseThrow());
    assertTrue(untilNext.compareTo(HOUR.multipliedBy(23)) > 0, untilNext.toString());
    jobs.refusal = Optional.empty();
    jobs.pass(schedule, DAY);

    assertEquals(List.of("1/3"), jobs.started);
  }

  private void assertDueIn(int minutes, JobSchedule schedule) {
    long seconds =
        Duration.between(jobs.clock.instant(), schedule.nextRun().orElseThrow()).toSeconds();
    assertTrue(Math.abs(seconds - minutes * 60L) <= 30, minutes + " minutes: " + seconds);
  }

  @Test
  void skipsATimeWhileThereIsNoBackup() {
    JobSchedule schedule = jobs.verify("every 24h", "1/3");
    jobs.refusal = Optional.of(Problem.Kind.NOT_FOUND);
    jobs.pass(schedule, DAY);
    Instant next = schedule.nextRun().orElseThrow();
    assertTrue(
        Duration.between(jobs.clock.instant(), next).compareTo(HOUR.multipliedBy(23)) > 0,
        next.toString());
    jobs.refusal = Optional.empty();
    jobs.pass(schedule, HOUR.multipliedBy(20));
    assertEquals(List.of(), jobs.started);
    jobs.pass(schedule, HOUR.multipliedBy(5));

    assertEquals(List.of("1/3"), jobs.started);
  }

  @Test
  void waitsForARunningVerification() {
    JobSchedule schedule = jobs.verify("every 24h", "1/3");
    jobs.running = true;
    jobs.pass(schedule, DAY.multipliedBy(2));
    assertEquals(List.of(), jobs.started);
    jobs.running = false;
    schedule.tick();

    assertEquals(List.of("1/3"), jobs.started);
  }

  @Test
  void treatsAVerificationWithoutARecordAsAFailureAndDoesNotRetryTooOften() {
    jobs.writes = false;
    JobSchedule schedule = jobs.verify("every 24h", "1/3");
    jobs.pass(schedule, DAY.minus(Duration.ofMinutes(10)));
    jobs.clock.advance(Duration.ofMinutes(10));
    for (int i = 0; i < 50; i++) {
      schedule.tick();
    }
    assertEquals(1, jobs.started.size());
    jobs.pass(schedule, HOUR.multipliedBy(12));

    assertEquals(4, jobs.started.size());
  }

  @Test
  void startsNothingBeforeItsTimeWhileTheRecordsCannotBeRead() {
    JobSchedule schedule = jobs.verify("every 24h", "1/3");
    jobs.pass(schedule, DAY);
    jobs.readable = false;
    jobs.pass(schedule, HOUR.multipliedBy(20));

    assertEquals(List.of("1/3"), jobs.started);
  }

  @Test
  void startsNothingWhenOff() {
    JobSchedule schedule = jobs.verify("off", "1/3");
    jobs.pass(schedule, DAY.multipliedBy(3));

    assertEquals(List.of(), jobs.started);
    assertTrue(schedule.nextRun().isEmpty());
  }
}
