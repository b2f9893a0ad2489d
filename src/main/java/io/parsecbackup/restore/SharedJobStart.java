package io.parsecbackup.restore;

import io.parsecbackup.Cancellation;
import io.parsecbackup.backup.BackupCatalog;
import io.parsecbackup.backup.BackupChoice;
import io.parsecbackup.job.JobKind;
import io.parsecbackup.job.JobReport;
import io.parsecbackup.job.JobResult;
import io.parsecbackup.job.JobSettings;
import io.parsecbackup.job.JobStart;
import io.parsecbackup.job.JobWork;
import io.parsecbackup.job.ReportedWork;
import io.parsecbackup.job.Trigger;
import io.parsecbackup.repository.JobScratch;
import io.parsecbackup.repository.Repository;
import io.parsecbackup.repository.storage.RepositoryLocks;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

/**
 * Starts a job that reads one backup and changes none: such jobs share the lock of the repository.
 */
record SharedJobStart(
    JobKind kind,
    Repository repository,
    JobSettings jobSettings,
    SharedJobStart.Request request,
    Task task)
    implements JobStart<JobResult> {

  /**
   * The request for a job.
   *
   * @param backup an id, or {@code latest}
   * @param subset which part of the objects is read back; only for a verification
   */
  record Request(String backup, Optional<Subset> subset, Trigger trigger) {}

  /** The work of a job. */
  @FunctionalInterface
  interface Task {
    void run(JobContext context) throws IOException;
  }

  @Override
  public Optional<Duration> limit() {
    return Optional.of(jobSettings.limit());
  }

  @Override
  public RepositoryLocks.Held lock() throws IOException {
    repository.requireKnownFormat();
    return repository.lockShared(kind + " that is starting");
  }

  @Override
  public JobWork<JobResult> open(RepositoryLocks.Held lock, Cancellation cancellation)
      throws IOException {
    // Under the lock: nothing may remove the chosen backup before it is read.
    BackupChoice choice = BackupChoice.of(new BackupCatalog(repository), request.backup());
    JobScratch scratch = repository.openScratch(lock, jobSettings.clock().instant());
    lock.describeHolder(kind + " " + scratch.id());
    JobReport report =
        new JobReport(
            scratch.id().text(), kind, Optional.of(request.trigger()), jobSettings.clock());
    request.subset().map(Subset::toString).ifPresent(report::readsBack);
    report.about(choice.id().text());
    choice.notices().forEach(report::warn);
    return new ReportedWork(
        kind,
        repository,
        scratch,
        report,
        cancelled -> task.run(new JobContext(repository, choice, scratch, report, cancelled)));
  }
}
