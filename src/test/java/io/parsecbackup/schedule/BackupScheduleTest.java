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
  void takesTheFirstBackupAtOnceAndNoSecond() throws Exception {
    BackupSchedule schedule = schedule("every 6h");

    schedule.beat();
    awaitEnd();
    schedule.beat();
    clock.advance(MINUTE);
    schedule.beat();

    Backup only = onlyRun();
    assertEquals(JobState.COMPLETE, only.state());
    assertEquals(Trigger.SCHEDULE, only.trigger());
    assertEquals(only.startedAt().plus(Duration.ofHours(6)), schedule.nextRun().orElseThrow());
  }

  @Test
  void makesUpAMissedRunOnceAtTheStart() throws Exception {
    takeOne();
    clock.advance(Duration.ofDays(3));
    BackupSchedule afterTheRestart = schedule("every 6h");

    for (int i = 0; i < 3; i++) {
      afterTheRestart.beat();
      awaitEnd();
      clock.advance(MINUTE);
    }

    assertEquals(2, runs().size());
    assertTrue(afterTheRestart.nextRun().orElseThrow().isAfter(clock.instant()));
  }

  @Test
  void waitsForTheRegularTime() throws Exception {
    takeOne();
    BackupSchedule schedule = schedule("every 6h");

    schedule.beat();
    clock.advance(Duration.ofHours(5));
    schedule.beat();
    assertEquals(1, runs().size());
    clock.advance(Duration.ofHours(1).plus(MINUTE));
    schedule.beat();
    awaitEnd();

    assertEquals(2, runs().size());
  }

  /** A machine that boots years ahead and is then put right. */
  @Test
  void isDueAgainAfterTheClockWasSetBack() throws Exception {
    clock.advance(Duration.ofDays(2_000));
    BackupSchedule schedule = schedule("every 6h");
    schedule.beat();
    awaitEnd();
    clock.advance(Duration.ofDays(-2_000));
    for (int hour = 0; hour <= 7; hour++) {
      schedule.beat();
      awaitEnd();
      clock.advance(Duration.ofHours(1));
    }
    assertEquals(2, runs().size());
  }

  @Test
  void beatsAnewWhenTheClockIsSetBack() {
    BackupSchedule schedule = schedule("0 0 1 1 *");
    schedule.start();
    try {
      var before = scheduler.getScheduledJob("backup-schedule");
      schedule.watchClock();
      assertSame(before, scheduler.getScheduledJob("backup-schedule"));
      clock.advance(Duration.ofDays(-2_000));
      schedule.watchClock();
      assertNotSame(before, scheduler.getScheduledJob("backup-schedule"));
      assertEquals(1, scheduler.getScheduledJobs().size());
    } finally {
      scheduler.unscheduleJob("backup-schedule");
    }
  }

  @Test
  void goesOnFromItsLastRunHoweverManyOthersFailed() throws Exception {
    BackupSchedule schedule = schedule("every 6h");
    schedule.beat();
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
  void doesNotDoubleARunThatIsGoing() throws Exception {
    sidecar.holdObjects();
    BackupSchedule schedule = schedule("every 1m");
    schedule.beat();
    for (int i = 0; i < 5; i++) {
      clock.advance(MINUTE);
      schedule.beat();
    }

    assertEquals(1, runs().size());
    assertTrue(backups.running().isPresent());
  }

  @Test
  void doesNothingWhenOff() throws Exception {
    BackupSchedule schedule = schedule("off");
    schedule.start();
    schedule.beat();
    clock.advance(Duration.ofDays(30));
    schedule.beat();

    assertEquals(List.of(), runs());
    assertTrue(schedule.nextRun().isEmpty());
    assertTrue(scheduler.getScheduledJobs().isEmpty());
  }

  @Test
  void beatsByItselfOnceStarted() throws Exception {
    schedule("every 6h").start();
    try {
      Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> !runs().isEmpty());
    } finally {
      scheduler.unscheduleJob("backup-schedule");
    }
    awaitEnd();
    assertEquals(JobState.COMPLETE, onlyRun().state());
  }
}
