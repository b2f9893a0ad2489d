package io.parsecbackup.schedule;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parsecbackup.job.JobState;
import io.parsecbackup.job.Trigger;
import io.parsecbackup.repository.storage.RunId;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** When copies start. */
class CopyScheduleTest {

  private static final Duration MINUTE = Duration.ofMinutes(1);
  private static final Duration DAY = Duration.ofDays(1);

  private final ScheduledJobs jobs = new ScheduledJobs();

  /** A backup is published now. */
  private void publish() {
    jobs.newestBackup =
        Optional.of(
            new ScheduledCopy.Published(
                RunId.at(jobs.clock.instant()).text(), jobs.clock.instant()));
  }

  private void assertStarted(int count) {
    assertEquals(count, jobs.started.size());
  }

  @Test
  void followsEachBackupOnce() {
    JobSchedule schedule = jobs.copy("after-backup");
    jobs.pass(schedule, DAY);
    assertStarted(0);
    publish();
    jobs.pass(schedule, MINUTE.multipliedBy(10));
    assertStarted(1);
    jobs.pass(schedule, DAY.multipliedBy(3));
    assertStarted(1);
    publish();
    jobs.pass(schedule, DAY);
    assertStarted(2);
  }

  @Test
  void startsWithTheNextTickAfterABackupOfThisProcess() {
    publish();
    jobs.record(Trigger.SCHEDULE, JobState.COMPLETE, "");
    JobSchedule schedule = jobs.copy("after-backup");
    schedule.tick();
    jobs.backupRuns = true;
    schedule.tick();
    jobs.clock.advance(Duration.ofSeconds(2));
    publish();
    jobs.backupRuns = false;
    schedule.tick();
    assertEquals(List.of("copy"), jobs.started);
  }

  @Test
  void makesUpForABackupThatWasPublishedWhileTheServiceWasDown() {
    publish();
    jobs.record(Trigger.SCHEDULE, JobState.COMPLETE, "");
    jobs.clock.advance(DAY);
    publish();
    jobs.clock.advance(DAY);
    jobs.copy("after-backup").tick();
    assertStarted(1);
  }

  @Test
  void copiesExistingBackupsAtTheFirstStart() {
    publish();
    jobs.clock.advance(DAY);
    jobs.copy("0 5 * * *").tick();
    assertStarted(1);
  }

  @Test
  void retriesAFailedCopyAndThenWaitsForTheNextBackup() {
    jobs.ends = JobState.FAILED;
    publish();
    JobSchedule schedule = jobs.copy("after-backup");
    jobs.pass(schedule, DAY.multipliedBy(2));
    assertStarted(4);
    publish();
    jobs.pass(schedule, DAY);
    assertStarted(8);
  }

  @Test
  void retriesACopyThatCannotStart() {
    jobs.refusal = Optional.of(io.parsecbackup.Problem.Kind.HELD);
    publish();
    JobSchedule schedule = jobs.copy("after-backup");
    schedule.tick();
    jobs.refusal = Optional.empty();
    jobs.clock.advance(MINUTE);
    schedule.tick();
    assertStarted(0);
    jobs.pass(schedule, MINUTE.multipliedBy(10));
    assertStarted(1);
  }

  /** Its record names an older backup than the newest one. */
  @Test
  void followsABackupThatWasPublishedDuringACopy() {
    publish();
    jobs.record(Trigger.REST, JobState.COMPLETE, "");
    ScheduledCopy.Published copied = jobs.newestBackup.orElseThrow();
    jobs.newestBackup =
        Optional.of(
            new ScheduledCopy.Published(
                RunId.parse(copied.id()).orElseThrow().next().text(), copied.at()));
    jobs.clock.advance(MINUTE);
    jobs.copy("after-backup").tick();
    assertStarted(1);
  }

  @Test
  void hasAScheduleOfItsOwnOrNone() {
    publish();
    jobs.record(Trigger.CLI, JobState.COMPLETE, "");
    JobSchedule often = jobs.copy("every 6h");
    jobs.pass(often, DAY);
    assertTrue(jobs.started.size() >= 3, jobs.started::toString);
    jobs.started.clear();
    JobSchedule never = jobs.copy("off");
    jobs.pass(never, DAY);
    assertStarted(0);
  }
}
