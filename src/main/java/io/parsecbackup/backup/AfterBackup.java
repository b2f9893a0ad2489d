package io.parsecbackup.backup;

import io.parsecbackup.job.Job;
import io.parsecbackup.job.JobResult;
import java.util.Optional;

/**
 * A job that follows a backup, such as a prune. It is a job of its own with a result of its own, so
 * it cannot make the backup fail.
 */
public interface AfterBackup {

  /** Its name in the log. */
  String name();

  /**
   * Starts the job. The caller then executes it.
   *
   * @param ended the backup, which has released the repository
   * @return empty if no such job follows this backup
   * @throws io.parsecbackup.Problem if it cannot start
   */
  Optional<Job<JobResult>> start(Backup ended);
}
