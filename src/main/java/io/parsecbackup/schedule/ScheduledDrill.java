package io.parsecbackup.schedule;

import io.parsecbackup.backup.BackupConfig;
import io.parsecbackup.job.JobHistory;
import io.parsecbackup.job.Trigger;
import io.parsecbackup.restore.Drill;
import io.parsecbackup.restore.DrillConfig;
import io.parsecbackup.restore.JobService;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.time.ZoneId;
import java.util.List;
import java.util.function.BooleanSupplier;

/** Drills by schedule. A drill that a person started counts like one by schedule. */
@Singleton
final class ScheduledDrill implements ScheduledJob {

  private final JobHistory history;
  private final BooleanSupplier running;
  private final Runnable starter;
  private final DrillConfig config;
  private final ZoneId timeZone;

  @Inject
  ScheduledDrill(JobService jobs, DrillConfig config, BackupConfig backup) {
    this(
        jobs.history(Drill.KIND),
        () -> jobs.isRunning(Drill.KIND),
        () -> jobs.drill("latest", Trigger.SCHEDULE).inBackground(),
        config,
        backup.timeZone());
  }

  ScheduledDrill(
      JobHistory history,
      BooleanSupplier running,
      Runnable starter,
      DrillConfig config,
      ZoneId timeZone) {
    this.history = history;
    this.running = running;
    this.starter = starter;
    this.config = config;
    this.timeZone = timeZone;
  }

  @Override
  public String name() {
    return "drill";
  }

  @Override
  public Timetable timetable() {
    return TimetableParser.parse(DrillConfig.SCHEDULE_KEY, config.schedule(), timeZone);
  }

  @Override
  public List<PastRun> newest(int most) throws IOException {
    return history.newest(most, ScheduledJob::matters).stream().map(PastRun::of).toList();
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
