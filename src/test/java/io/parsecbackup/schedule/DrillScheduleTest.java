package io.parsecbackup.schedule;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parsecbackup.job.JobState;
import io.parsecbackup.job.Trigger;
import io.parsecbackup.restore.DrillConfig;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** When drills start. */
class DrillScheduleTest {

  private static final Duration DAY = Duration.ofDays(1);

  private final ScheduledJobs jobs = new ScheduledJobs();

  @Test
  void isOffByDefault() {
    DrillConfig defaults = ScheduledJobs.config().getConfigMapping(DrillConfig.class);
    JobSchedule schedule = jobs.drill(defaults);
    jobs.pass(schedule, DAY.multipliedBy(40));

    assertTrue(schedule.nextRun().isEmpty());
    assertEquals(List.of(), jobs.started);
  }

  @Test
  void startsAsScheduled() {
    JobSchedule schedule = jobs.drill("every 7d");
    jobs.pass(schedule, DAY.multipliedBy(15));

    assertEquals(List.of("drill", "drill"), jobs.started);
  }

  @Test
  void isNotDueAfterAManualDrill() {
    JobSchedule schedule = jobs.drill("every 7d");
    jobs.pass(schedule, DAY.multipliedBy(5));
    jobs.record(Trigger.CLI, JobState.FAILED, "");
    jobs.record(Trigger.CLI, JobState.COMPLETE, "");
    jobs.pass(schedule, DAY.multipliedBy(6));
    assertEquals(List.of(), jobs.started);
    jobs.pass(schedule, DAY);

    assertEquals(List.of("drill"), jobs.started);
  }

  @Test
  void isRepeatedAfterAFailure() {
    jobs.ends = JobState.FAILED;
    JobSchedule schedule = jobs.drill("every 7d");
    jobs.pass(schedule, DAY.multipliedBy(8));

    assertEquals(4, jobs.started.size());
  }
}
