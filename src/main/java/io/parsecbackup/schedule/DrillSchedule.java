package io.parsecbackup.schedule;

import io.parsecbackup.Problem;
import io.parsecbackup.backup.BackupConfig;
import io.parsecbackup.job.Trigger;
import io.parsecbackup.restore.Drill;
import io.parsecbackup.restore.DrillConfig;
import io.parsecbackup.restore.JobService;
import io.quarkus.scheduler.Scheduler;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Optional;

/** Restores the newest complete backup as a trial when that is due. */
@ApplicationScoped
public class DrillSchedule {

  private final JobSchedule schedule;
  private final Beat beat;

  public DrillSchedule(
      JobService jobs, DrillConfig config, BackupConfig backup, Clock clock, Scheduler scheduler) {
    DrillJob job =
        new DrillJob(
            jobs.history(Drill.KIND),
            () -> jobs.isRunning(Drill.KIND),
            () -> jobs.drill("latest", Trigger.SCHEDULE).inBackground(),
            config,
            backup.timeZone());
    this.schedule = new JobSchedule(job, clock);
    this.beat = new Beat(schedule, clock, scheduler);
  }

  /**
   * The schedule that is configured.
   *
   * @throws Problem of kind CONFIGURATION when its text is wrong
   */
  public static Timetable timetable(DrillConfig config, ZoneId timeZone) {
    return Timetable.parse(DrillConfig.SCHEDULE_KEY, config.schedule(), timeZone);
  }

  /**
   * Begins to keep the schedule.
   *
   * @throws Problem when the schedule's text is wrong
   */
  public void start() {
    beat.start();
  }

  /** When the next drill starts; empty while the schedule is off. */
  public Optional<Instant> nextRun() {
    return schedule.nextRun();
  }
}
