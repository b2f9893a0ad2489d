package io.parsecbackup.schedule;

import io.parsecbackup.BoundedRead;
import io.parsecbackup.Problem;
import io.parsecbackup.backup.Backup;
import io.parsecbackup.backup.BackupConfig;
import io.parsecbackup.backup.BackupService;
import io.quarkus.scheduler.Scheduler;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;

/** Takes backups when they are due, and tells whether the newest is too old. */
@ApplicationScoped
public class BackupSchedule {

  private final BackupService backups;
  private final BackupConfig config;
  private final Clock clock;
  private final JobSchedule schedule;
  private final Beat beat;
  private final BoundedRead<Optional<Instant>> newest;

  public BackupSchedule(
      BackupService backups, BackupConfig config, Clock clock, Scheduler scheduler) {
    this.backups = backups;
    this.config = config;
    this.clock = clock;
    this.schedule = new JobSchedule(new BackupJob(backups, config), clock);
    this.beat = new Beat(schedule, clock, scheduler);
    this.newest =
        new BoundedRead<>(
            "the newest backup's date",
            BoundedRead.Times.USUAL,
            () -> backups.catalog().latest().flatMap(Backup::snapshotAt));
  }

  /**
   * The schedule that is configured.
   *
   * @throws Problem of kind CONFIGURATION when its text is wrong
   */
  public static Timetable timetable(BackupConfig config) {
    return Timetable.parse("parsec.backup.schedule", config.schedule(), config.timeZone());
  }

  /**
   * Begins to keep the schedule.
   *
   * @throws Problem when the schedule's text is wrong
   */
  public void start() {
    backups.settle();
    beat.start();
  }

  /** See {@link Beat#watchClock}. */
  void watchClock() {
    beat.watchClock();
  }

  /** Starts a backup if one is due. */
  void beat() {
    schedule.beat();
  }

  /** When the next backup starts; empty while the schedule is off. */
  public Optional<Instant> nextRun() {
    return schedule.nextRun();
  }

  /**
   * How old the newest complete backup is, by its date; of the newest that is known where the
   * repository does not answer now.
   *
   * @throws Problem when the repository cannot be read, or has not answered since the start
   */
  public Freshness freshness() {
    Instant now = clock.instant();
    try {
      return Freshness.of(
          newest.get().value(), Freshness.maxAge(config.maxAge(), timetable(config), now), now);
    } catch (IOException | UncheckedIOException e) {
      throw new Problem(
          Problem.Kind.REPOSITORY, "the repository cannot be read: " + e.getMessage(), e);
    }
  }
}
