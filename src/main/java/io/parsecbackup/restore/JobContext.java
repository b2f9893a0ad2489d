package io.parsecbackup.restore;

import io.parsecbackup.Cancellation;
import io.parsecbackup.backup.Backup;
import io.parsecbackup.backup.BackupChoice;
import io.parsecbackup.job.JobReport;
import io.parsecbackup.repository.JobScratch;
import io.parsecbackup.repository.Repository;
import io.parsecbackup.repository.storage.RunId;
import java.util.Optional;

/** What a job uses, and the backup that it works on. */
record JobContext(
    Repository repository,
    BackupChoice choice,
    JobScratch scratch,
    JobReport report,
    Cancellation cancellation) {

  RunId id() {
    return choice.id();
  }

  /** The content of {@code backup.json}; empty if that file is damaged. */
  Optional<Backup> backup() {
    return choice.backup();
  }
}
