package io.parsecbackup.schedule;

import io.parsecbackup.backup.BackupConfig;
import io.parsecbackup.job.Trigger;
import io.parsecbackup.restore.Drill;
import io.parsecbackup.restore.DrillConfig;
import io.parsecbackup.restore.JobService;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.util.List;

/** Scheduled drills. A drill that a person started counts like a scheduled one. */
@Singleton
final class ScheduledDrill implements ScheduledJob {

  private final CheckSchedule drills;
  private final DrillConfig config;
  private final Runnable starter;

  @Inject
  ScheduledDrill(JobService jobs, DrillConfig config, BackupConfig backup) {
    this(
        CheckSchedule.of(Drill.KIND, jobs, backup),
        config,
        () -> jobs.drill("latest", Trigger.SCHEDULE).inBackground());
  }

  ScheduledDrill(CheckSchedule drills, DrillConfig config, Runnable starter) {
    this.drills = drills;
    this.config = config;
    this.starter = starter;
  }

  @Override
  public String name() {
    return "drill";
  }

  @Override
  public Timetable timetable() {
    return drills.timetable(DrillConfig.SCHEDULE_KEY, config.schedule());
  }

  @Override
  public List<PastRun> newest(int most) throws IOException {
    return drills.newest(most, ScheduledJob::isRelevant);
  }

  @Override
  public boolean isRunning() {
    return drills.isRunning();
  }

  @Override
  public void start() {
    starter.run();
  }
}
