package io.parsecbackup.schedule;

import io.parsecbackup.BoundedRead;
import io.parsecbackup.Problem;
import io.parsecbackup.backup.BackupConfig;
import io.parsecbackup.copy.CopyConfig;
import io.parsecbackup.copy.CopyService;
import io.parsecbackup.copy.CopySettings;
import io.parsecbackup.copy.CopyStart;
import io.parsecbackup.job.JobHistory;
import io.parsecbackup.job.JobResult;
import io.parsecbackup.job.JobState;
import io.parsecbackup.restore.JobService;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** Whether the newest complete copy is recent enough. */
@ApplicationScoped
public class CopyFreshness {

  private final CopyService copies;
  private final CopyConfig config;
  private final BackupConfig backupConfig;
  private final Clock clock;
  private final BoundedRead<Optional<Instant>> newest;

  public CopyFreshness(
      CopyService copies,
      JobService jobs,
      CopyConfig config,
      BackupConfig backupConfig,
      Clock clock) {
    this.copies = copies;
    this.config = config;
    this.backupConfig = backupConfig;
    this.clock = clock;
    JobHistory history = jobs.history(CopyStart.KIND);
    this.newest =
        new BoundedRead<>(
            "the newest copy's date",
            BoundedRead.Times.USUAL,
            () ->
                history
                    .newest(job -> job.state() == JobState.COMPLETE)
                    .flatMap(JobResult::finishedAt));
  }

  /**
   * The age of the newest copy that was complete at all places, by its end; empty if no copy is
   * configured.
   *
   * @throws Problem when the repository cannot be read, or has not answered since the start
   */
  public Optional<Freshness> freshness() {
    if (!copies.isConfigured()) {
      return Optional.empty();
    }
    Instant now = clock.instant();
    try {
      return Optional.of(Freshness.of(newest.get().value(), maxAge(now), now));
    } catch (IOException | UncheckedIOException e) {
      throw new Problem(
          Problem.Kind.REPOSITORY, "the repository cannot be read: " + e.getMessage(), e);
    }
  }

  /** As old as a backup may be, or twice the interval of a schedule of its own. */
  private Duration maxAge(Instant now) {
    return CopySettings.followsBackups(config)
        ? Freshness.maxAge(backupConfig.maxAge(), ScheduledBackup.timetable(backupConfig), now)
        : Freshness.maxAge(
            Optional.empty(),
            TimetableParser.parse(
                CopyConfig.SCHEDULE_KEY, config.schedule(), backupConfig.timeZone()),
            now);
  }
}
