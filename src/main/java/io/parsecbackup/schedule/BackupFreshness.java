package io.parsecbackup.schedule;

import io.parsecbackup.BoundedRead;
import io.parsecbackup.Problem;
import io.parsecbackup.backup.Backup;
import io.parsecbackup.backup.BackupConfig;
import io.parsecbackup.backup.BackupService;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;

/** Whether the newest complete backup is recent enough. */
@ApplicationScoped
public class BackupFreshness {

  private final BackupConfig config;
  private final Clock clock;
  private final BoundedRead<Optional<Instant>> newest;

  public BackupFreshness(BackupService backups, BackupConfig config, Clock clock) {
    this.config = config;
    this.clock = clock;
    this.newest =
        new BoundedRead<>(
            "the newest backup's date",
            BoundedRead.Times.USUAL,
            () -> backups.catalog().latest().flatMap(Backup::snapshotAt));
  }

  /**
   * The age of the newest complete backup, by its date. While the repository does not answer, it is
   * that of the newest backup that is known.
   *
   * @throws Problem when the repository cannot be read, or has not answered since the start
   */
  public Freshness freshness() {
    Instant now = clock.instant();
    try {
      return Freshness.of(
          newest.get().value(),
          Freshness.maxAge(config.maxAge(), ScheduledBackup.timetable(config), now),
          now);
    } catch (IOException | UncheckedIOException e) {
      throw new Problem(
          Problem.Kind.REPOSITORY, "the repository cannot be read: " + e.getMessage(), e);
    }
  }
}
