package io.parsecbackup.schedule;

import io.parsecbackup.backup.Backup;
import io.parsecbackup.backup.BackupConfig;
import io.parsecbackup.backup.BackupService;
import io.parsecbackup.job.JobState;
import io.parsecbackup.job.Trigger;
import java.io.IOException;
import java.util.List;

/** Backups, as the schedule has to know them. */
record BackupJob(BackupService backups, BackupConfig config) implements Scheduled {

  @Override
  public String name() {
    return "backup";
  }

  @Override
  public Timetable timetable() {
    return BackupSchedule.timetable(config);
  }

  /** However many runs somebody else has started in vain, they hide none of these. */
  @Override
  public List<PastRun> newest(int most) throws IOException {
    return backups.newest(most, id -> true, BackupJob::concernsSchedule).stream()
        .map(BackupJob::pastRun)
        .toList();
  }

  private static boolean concernsSchedule(Backup backup) {
    return backup.trigger() == Trigger.SCHEDULE
        || backup.state().isDone()
        || backup.state() == JobState.RUNNING;
  }

  private static PastRun pastRun(Backup backup) {
    return new PastRun(
        backup.startedAt(),
        backup.finishedAt().orElse(backup.startedAt()),
        PastRun.Outcome.of(backup.state()),
        backup.trigger() == Trigger.SCHEDULE);
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
