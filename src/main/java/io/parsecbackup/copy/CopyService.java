package io.parsecbackup.copy;

import io.parsecbackup.Problem;
import io.parsecbackup.Problem.Kind;
import io.parsecbackup.job.Job;
import io.parsecbackup.job.JobResult;
import io.parsecbackup.job.JobRunner;
import io.parsecbackup.job.JobSettings;
import io.parsecbackup.job.Trigger;
import io.parsecbackup.repository.Repository;
import io.parsecbackup.repository.encryption.Encryption;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;

/** Starts jobs that bring the configured copies up to date. */
@ApplicationScoped
public class CopyService {

  private final JobRunner runner;
  private final CopySettings settings;
  private final JobSettings jobSettings;
  private final Encryption encryption;

  public CopyService(
      JobRunner runner, CopySettings settings, JobSettings jobSettings, Encryption encryption) {
    this.runner = runner;
    this.settings = settings;
    this.jobSettings = jobSettings;
    this.encryption = encryption;
  }

  /** Whether any copy is configured. */
  public boolean isConfigured() {
    return settings.isAny();
  }

  /**
   * Starts to copy the repository to all configured places. The caller then executes the returned
   * job.
   *
   * @throws Problem of kind HELD if another copy runs in this process, or a backup is running;
   *     NOT_FOUND if there is no repository; CONFIGURATION if no copy is configured or a place is
   *     invalid
   */
  public Job<JobResult> start(Trigger trigger) {
    List<Repository> copies = settings.copies();
    if (copies.isEmpty()) {
      throw new Problem(
          Kind.CONFIGURATION,
          CopySettings.KEY
              + " is not set, so there is no copy to update. Set it to the places of the copies,"
              + " such as PARSEC_BACKUP_COPIES=/mnt/usb/parsec");
    }
    return runner.start(new CopyStart(settings.source(), copies, jobSettings, encryption, trigger));
  }
}
