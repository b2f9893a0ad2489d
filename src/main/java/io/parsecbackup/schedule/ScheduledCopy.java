package io.parsecbackup.schedule;

import io.parsecbackup.backup.BackupConfig;
import io.parsecbackup.backup.BackupService;
import io.parsecbackup.copy.CopyConfig;
import io.parsecbackup.copy.CopyService;
import io.parsecbackup.copy.CopySettings;
import io.parsecbackup.copy.CopyStart;
import io.parsecbackup.job.JobResult;
import io.parsecbackup.job.Trigger;
import io.parsecbackup.restore.JobService;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/** Scheduled copies. A copy that a person started counts like a scheduled one. */
@Singleton
final class ScheduledCopy implements ScheduledJob {

  /** A backup and the time of its publication. */
  record Published(String id, Instant at) {}

  /** The backups that are copied. */
  interface Backups {

    /** The newest one. */
    Optional<Published> newest() throws IOException;

    /** Whether one runs in this process. */
    boolean isRunning();
  }

  private final CheckSchedule copies;
  private final CopyConfig config;
  private final BackupConfig backupConfig;
  private final Backups backups;
  private final Starter starter;
  private boolean backupRan;

  /** Starts copies. */
  record Starter(BooleanSupplier isConfigured, Runnable start) {}

  @Inject
  ScheduledCopy(
      CopyService copies,
      JobService jobs,
      BackupService backups,
      CopyConfig config,
      BackupConfig backupConfig) {
    this(
        CheckSchedule.of(CopyStart.KIND, jobs, backupConfig),
        config,
        backupConfig,
        of(backups),
        new Starter(copies::isConfigured, () -> copies.start(Trigger.SCHEDULE).inBackground()));
  }

  ScheduledCopy(
      CheckSchedule copies,
      CopyConfig config,
      BackupConfig backupConfig,
      Backups backups,
      Starter starter) {
    this.copies = copies;
    this.config = config;
    this.backupConfig = backupConfig;
    this.backups = backups;
    this.starter = starter;
  }

  private static Backups of(BackupService service) {
    return new Backups() {
      @Override
      public Optional<Published> newest() throws IOException {
        return service
            .catalog()
            .newestPublished()
            .map(backup ->
                new Published(backup.id(), backup.finishedAt().orElse(backup.startedAt())));
      }

      @Override
      public boolean isRunning() {
        return service.running().isPresent();
      }
    };
  }

  @Override
  public String name() {
    return "copy";
  }

  @Override
  public Timetable timetable() {
    if (!starter.isConfigured().getAsBoolean()) {
      return new Timetable.Off();
    }
    if (!CopySettings.followsBackups(config)) {
      return copies.timetable(CopyConfig.SCHEDULE_KEY, config.schedule());
    }
    Timetable own = ScheduledBackup.timetable(backupConfig);
    try {
      return new FollowUpTimetable(notFollowed(), own);
    } catch (IOException | UncheckedIOException e) {
      // The next tick reads the repository again.
      return new FollowUpTimetable(Optional.empty(), own);
    }
  }

  @Override
  public void checkSettings() {
    if (!CopySettings.followsBackups(config)) {
      copies.timetable(CopyConfig.SCHEDULE_KEY, config.schedule());
    }
  }

  /** When the newest backup was published, unless a copy has followed it. */
  private Optional<Instant> notFollowed() throws IOException {
    Optional<Published> newest = backups.newest();
    Optional<JobResult> copy = copies.history().newest(job -> job.state().isDone());
    Optional<String> copied = copy.flatMap(JobResult::backup);
    if (newest.isEmpty() || copied.isEmpty()) {
      return newest.map(Published::at);
    }
    if (copied.get().compareTo(newest.get().id()) >= 0) {
      return Optional.empty();
    }
    // The copy may have looked for backups while this one was just being published.
    Instant looked = copy.get().finishedAt().orElse(copy.get().startedAt()).plusMillis(1);
    return newest.map(backup -> backup.at().isAfter(looked) ? backup.at() : looked);
  }

  @Override
  public List<PastRun> newest(int most) throws IOException {
    return copies.newest(most, ScheduledJob::isRelevant);
  }

  /** If there is no copy yet, the first backup is copied at once. */
  @Override
  public boolean waitsForFirst() throws IOException {
    return backups.newest().isEmpty();
  }

  /** Whether a backup has ended. */
  @Override
  public boolean hasNews() {
    boolean runs = backups.isRunning();
    boolean ended = backupRan && !runs;
    backupRan = runs;
    return ended;
  }

  @Override
  public boolean isRunning() {
    return copies.isRunning();
  }

  @Override
  public void start() {
    starter.start().run();
  }
}
