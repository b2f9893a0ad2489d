package io.parsecbackup.schedule;

import io.parsecbackup.Problem;
import io.parsecbackup.backup.BackupConfig;
import io.parsecbackup.job.Trigger;
import io.parsecbackup.restore.JobService;
import io.parsecbackup.restore.Subset;
import io.parsecbackup.restore.Verification;
import io.parsecbackup.restore.VerifyConfig;
import io.quarkus.scheduler.Scheduler;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Optional;

/** Verifies the newest complete backup when that is due, another part of it each time. */
@ApplicationScoped
public class VerifySchedule {

  private final JobSchedule schedule;
  private final Beat beat;

  public VerifySchedule(
      JobService jobs, VerifyConfig config, BackupConfig backup, Clock clock, Scheduler scheduler) {
    VerifyJob job =
        new VerifyJob(
            jobs.history(Verification.KIND),
            () -> jobs.isRunning(Verification.KIND),
            subset -> jobs.verification("latest", subset, Trigger.SCHEDULE).inBackground(),
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
  public static Timetable timetable(VerifyConfig config, ZoneId timeZone) {
    return Timetable.parse(VerifyConfig.SCHEDULE_KEY, config.schedule(), timeZone);
  }

  /**
   * The part that is configured.
   *
   * @throws Problem of kind CONFIGURATION when its text is wrong
   */
  public static Subset subset(VerifyConfig config) {
    return Subset.parse(VerifyConfig.SUBSET_KEY, config.subset());
  }

  /**
   * Begins to keep the schedule.
   *
   * @throws Problem when the schedule's text is wrong
   */
  public void start() {
    beat.start();
  }

  /** When the next verification starts; empty while the schedule is off. */
  public Optional<Instant> nextRun() {
    return schedule.nextRun();
  }
}
