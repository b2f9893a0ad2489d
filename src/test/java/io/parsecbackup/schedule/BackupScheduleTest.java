package io.parsecbackup.schedule;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parsecbackup.backup.Backup;
import io.parsecbackup.job.JobState;
import io.parsecbackup.job.Trigger;
import io.parsecbackup.testing.SidecarStack;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** When the schedule starts a backup, and when it does not. */
@QuarkusTest
@WithTestResource(SidecarStack.class)
class BackupScheduleTest extends ScheduleWithClock {

  @Test
  void takesOneFirstBackupAtOnce() throws Exception {
    JobSchedule schedule = schedule("every 6h");

    schedule.tick();
    awaitEnd();
    schedule.tick();
    clock.advance(MINUTE);
    schedule.tick();

    Backup only = onlyRun();
    assertEquals(JobState.COMPLETE, only.state());
    assertEquals(Trigger.SCHEDULE, only.trigger());
    assertEquals(only.startedAt().plus(Duration.ofHours(6)), schedule.nextRun().orElseThrow());
  }

  @Test
  void catchesUpOnAMissedRunOnceAtTheStart() throws Exception {
    takeOne();
    clock.advance(Duration.ofDays(3));
    JobSchedule afterTheRestart = schedule("every 6h");

    for (int i = 0; i < 3; i++) {
      afterTheRestart.tick();
      awaitEnd();
      clock.advance(MINUTE);
    }

    assertEquals(2, runs().size());
    assertTrue(afterTheRestart.nextRun().orElseThrow().isAfter(clock.instant()));
  }

  @Test
  void waitsForTheRegularTime() throws Exception {
    takeOne();
    JobSchedule schedule = schedule("every 6h");

    schedule.tick();
    clock.advance(Duration.ofHours(5));
    schedule.tick();
    assertEquals(1, runs().size());
    clock.advance(Duration.ofHours(1).plus(MINUTE));
    schedule.tick();
    awaitEnd();

    assertEquals(2, runs().size());
  }

  /** A machine whose clock is years ahead after the boot and is then corrected. */
  @Test
  void isDueAgainAfterTheClockWasSetBack() throws Exception {
    clock.advance(Duration.ofDays(2_000));
    JobSchedule schedule = schedule("every 6h");
    schedule.tick();
    awaitEnd();
    clock.advance(Duration.ofDays(-2_000));
    for (int hour = 0; hour <= 7; hour++) {
      schedule.tick();
      awaitEnd();
      clock.advance(Duration.ofHours(1));
    }
    assertEquals(2, runs().size());
  }

  @Test
  void restartsTheTickerWhenTheClockIsSetBack() {
    ScheduleTicker ticker = ticker(schedule("0 0 1 1 *"));
    ticker.start();
    try {
      var before = scheduler.getScheduledJob("backup-schedule");
      ticker.watchClock();
      assertSame(before, scheduler.getScheduledJob("backup-schedule"));
      clock.advance(Duration.ofDays(-2_000));
      ticker.watchClock();
      assertNotSame(before, scheduler.getScheduledJob("backup-schedule"));
      assertEquals(1, scheduler.getScheduledJobs().size());
    } finally {
      scheduler.unscheduleJob("backup-schedule");
    }
  }

  @Test
  void continuesFromItsLastRunHoweverManyOthersFailed() throws Exception {
    JobSchedule schedule = schedule("every 6h");
    schedule.tick();
    awaitEnd();
    Instant next = schedule.nextRun().orElseThrow();
    sidecar.refuseListing();
    for (int i = 0; i < 11; i++) {
      backups.start(Trigger.REST).inBackground();
      awaitEnd();
    }
    assertEquals(12, runs().size());
    assertEquals(next, schedule.nextRun().orElseThrow());
  }

  @Test
  void startsNoSecondRunWhileOneIsRunning() throws Exception {
    sidecar.holdObjects();
    JobSchedule schedule = schedule("every 1m");
    schedule.tick();
    for (int i = 0; i < 5; i++) {
      clock.advance(MINUTE);
      schedule.tick();
    }

    assertEquals(1, runs().size());
    assertTrue(backups.running().isPresent());
  }

  @Test
  void startsNothingWhenOff() throws Exception {
    JobSchedule schedule = schedule("off");
    ticker(schedule).start();
    schedule.tick();
    clock.advance(Duration.ofDays(30));
    schedule.tick();

    assertEquals(List.of(), runs());
    assertTrue(schedule.nextRun().isEmpty());
    assertTrue(scheduler.getScheduledJobs().isEmpty());
  }

  @Test
  void ticksOnItsOwnOnceStarted() throws Exception {
    ticker(schedule("every 6h")).start();
    try {
      Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> !runs().isEmpty());
    } finally {
      scheduler.unscheduleJob("backup-schedule");
    }
    awaitEnd();
    assertEquals(JobState.COMPLETE, onlyRun().state());
  }
}
