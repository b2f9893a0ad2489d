package io.parsecbackup.schedule;

import io.parsecbackup.job.JobHistory;
import io.parsecbackup.job.JobResult;
import io.parsecbackup.job.JobState;
import io.parsecbackup.restore.DrillConfig;
import java.io.IOException;
import java.time.ZoneId;
import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * Drills, as the schedule has to know them. One that a person made proves as much, and settles what
 * was due before it.
 */
record DrillJob(
    JobHistory history,
    BooleanSupplier running,
    Runnable starter,
    DrillConfig config,
    ZoneId timeZone)
    implements Scheduled {

  @Override
  public String name() {
    return "drill";
  }

  @Override
  public Timetable timetable() {
    return DrillSchedule.timetable(config, timeZone);
  }

  @Override
  public List<PastRun> newest(int most) throws IOException {
    return history.newest(most, DrillJob::concernsSchedule).stream().map(PastRun::of).toList();
  }

  private static boolean concernsSchedule(JobResult run) {
    return run.startedBySchedule() || run.state().isDone() || run.state() == JobState.RUNNING;
  }

  @Override
  public boolean waitsForFirst() {
    return true;
  }

  @Override
  public boolean isRunning() {
    return running.getAsBoolean();
  }

  @Override
  public void start() {
    starter.run();
  }
}
