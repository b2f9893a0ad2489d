package io.parsecbackup.schedule;

import io.parsecbackup.backup.BackupConfig;
import io.parsecbackup.backup.BackupService;
import io.parsecbackup.job.Trigger;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.util.List;

/** Scheduled backups. */
@Singleton
final class ScheduledBackup implements ScheduledJob {

  static final String NAME = "backup";

  private final BackupService backups;
  private final BackupConfig config;

  ScheduledBackup(BackupService backups, BackupConfig config) {
    this.backups = backups;
    this.config = config;
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Timetable timetable() {
    return timetable(config);
  }

  static Timetable timetable(BackupConfig config) {
    return TimetableParser.parse("parsec.backup.schedule", config.schedule(), config.timeZone());
  }

  @Override
  public void prepare() {
    backups.cleanUpKilledRuns();
  }

  /**
   * Without failed runs that the schedule did not start, so that they do not hide relevant ones.
   */
  @Override
  public List<PastRun> newest(int most) throws IOException {
    return backups.newest(most, id -> true, ScheduledJob::isRelevant).stream()
        .map(PastRun::of)
        .toList();
  }

  /** A repository without a backup gets one at once. */
  @Override
  public boolean waitsForFirst() throws IOException {
    return backups.catalog().hasBackup();
  }

  @Override
  public boolean isRunning() {
    return backups.running().isPresent();
  }

  @Override
  public void start() {
    backups.start(Trigger.SCHEDULE).inBackground();
  }
}
