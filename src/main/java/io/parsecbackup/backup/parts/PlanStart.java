package io.parsecbackup.backup.parts;

import io.parsecbackup.Cancellation;
import io.parsecbackup.backup.BackupRun;
import io.parsecbackup.backup.BackupSource;
import io.parsecbackup.backup.BackupStart;
import io.parsecbackup.backup.BackupTools;
import io.parsecbackup.backup.SourceDatabase;
import io.parsecbackup.job.JobKind;
import io.parsecbackup.job.JobReport;
import io.parsecbackup.job.JobResult;
import io.parsecbackup.job.JobStart;
import io.parsecbackup.job.JobWork;
import io.parsecbackup.job.Trigger;
import io.parsecbackup.repository.Repository;
import io.parsecbackup.repository.Workspace;
import io.parsecbackup.repository.storage.RepositoryLocks;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

/** Starts the plan of a backup, as a backup is started. */
record PlanStart(
    BackupTools tools, Repository repository, BackupSource source, Trigger trigger, int parts)
    implements JobStart<JobResult> {

  private static final JobKind KIND = new JobKind("plan");

  @Override
  public JobKind kind() {
    return KIND;
  }

  @Override
  public Optional<Duration> limit() {
    return Optional.of(tools.jobSettings().limit());
  }

  private BackupStart backup() {
    return new BackupStart(tools, repository, source, trigger, ended -> {});
  }

  @Override
  public RepositoryLocks.Held lock() throws IOException {
    return backup().lock();
  }

  @Override
  public JobWork<JobResult> open(RepositoryLocks.Held lock, Cancellation cancellation)
      throws IOException {
    Workspace workspace = backup().reserve(lock);
    return new PlanWork(
        new BackupRun(tools, repository, workspace, source, trigger),
        repository,
        workspace,
        new PlanWork.Request(
            parts,
            tools.clock().instant().plus(tools.jobSettings().limit()),
            SourceDatabase.buckets(source.blockstore()),
            lock),
        new JobReport(workspace.id().text(), KIND, Optional.of(trigger), tools.clock()));
  }
}
