package io.parsecbackup.retention;

import io.parsecbackup.Cancellation;
import io.parsecbackup.backup.AfterBackup;
import io.parsecbackup.backup.Backup;
import io.parsecbackup.backup.BackupCatalog;
import io.parsecbackup.backup.RepositorySettings;
import io.parsecbackup.job.DiskFailures;
import io.parsecbackup.job.Job;
import io.parsecbackup.job.JobResult;
import io.parsecbackup.job.JobRunner;
import io.parsecbackup.job.JobSettings;
import io.parsecbackup.job.JobState;
import io.parsecbackup.job.Trigger;
import io.parsecbackup.repository.Repository;
import io.parsecbackup.repository.encryption.Encryption;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** Starts prunes: on request, and after each complete backup. */
@ApplicationScoped
public class PruneService implements AfterBackup {

  private final JobRunner runner;
  private final RepositorySettings repositorySettings;
  private final RetentionSettings retention;
  private final JobSettings jobSettings;
  private final Encryption encryption;

  public PruneService(
      JobRunner runner,
      RepositorySettings repositorySettings,
      RetentionSettings retention,
      JobSettings jobSettings,
      Encryption encryption) {
    this.runner = runner;
    this.repositorySettings = repositorySettings;
    this.retention = retention;
    this.jobSettings = jobSettings;
    this.encryption = encryption;
  }

  /**
   * Starts a prune. The caller then executes the returned job.
   *
   * @param dryRun only determines what it would remove
   * @throws io.parsecbackup.Problem of kind HELD if another job has locked the repository;
   *     NOT_FOUND if there is no backup yet; CONFIGURATION if a setting is invalid
   */
  public Job<JobResult> start(boolean dryRun, Trigger trigger) {
    return runner.start(
        new PruneStart(
            repositorySettings.repository(),
            new PruneRequest(
                retention.rules(),
                retention.removesObjects() ? Optional.of(encryption) : Optional.empty(),
                dryRun,
                trigger),
            jobSettings));
  }

  /** Whether a recorded prune has ended and was not a dry run. */
  public static boolean isVerdict(JobResult prune) {
    return prune.dryRun().isEmpty() && (prune.state().isDone() || prune.state() == JobState.FAILED);
  }

  @Override
  public String name() {
    return PruneRequest.KIND.word();
  }

  /**
   * Nothing is removed after a run that failed, or that could not fetch all objects. If there is
   * nothing to remove, no job starts: it would lock the repository.
   */
  @Override
  public Optional<Job<JobResult>> start(Backup ended) {
    return ended.state() == JobState.COMPLETE && isNeeded()
        ? Optional.of(start(false, ended.trigger()))
        : Optional.empty();
  }

  private boolean isNeeded() {
    if (retention.removesObjects()) {
      return true;
    }
    Repository repository = repositorySettings.repository();
    try {
      List<Backup> backups = new BackupCatalog(repository).published();
      PruneCounts old = new PruneCounts();
      new RecordThinning(repository, new Cancellation())
          .thin(jobSettings.clock().instant(), true, old);
      return retention.rules().decide(Prune.candidates(backups)).stream()
              .anyMatch(decision -> !decision.keep())
          || old.result().records() > 0
          || repository.prunedBackups().hasLeftovers();
    } catch (IOException e) {
      throw DiskFailures.read(e);
    }
  }
}
