package io.parsecbackup.backup.parts;

import io.parsecbackup.Cancellation;
import io.parsecbackup.Problem;
import io.parsecbackup.Problem.Kind;
import io.parsecbackup.backup.BackupTools;
import io.parsecbackup.backup.Progress;
import io.parsecbackup.backup.SourceDatabase;
import io.parsecbackup.job.JobKind;
import io.parsecbackup.job.JobReport;
import io.parsecbackup.job.JobResult;
import io.parsecbackup.job.JobStart;
import io.parsecbackup.job.JobWork;
import io.parsecbackup.job.Trigger;
import io.parsecbackup.objectstore.fetch.PartFetcher;
import io.parsecbackup.parsec.Blockstore;
import io.parsecbackup.repository.Repository;
import io.parsecbackup.repository.Workspace;
import io.parsecbackup.repository.plan.Plan;
import io.parsecbackup.repository.storage.Documents;
import io.parsecbackup.repository.storage.Layout;
import io.parsecbackup.repository.storage.RepositoryLocks;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

/**
 * Starts one part of a planned backup, under the lock of that part.
 *
 * @param plan of the part: the lock is of this plan, and another one may be made before it is held
 */
record PartStart(
    BackupTools tools,
    Repository repository,
    Blockstore source,
    Trigger trigger,
    Plan plan,
    int part)
    implements JobStart<JobResult> {

  private static final JobKind KIND = new JobKind("part");

  @Override
  public JobKind kind() {
    return KIND;
  }

  @Override
  public Optional<Duration> limit() {
    return Optional.of(tools.jobSettings().limit());
  }

  @Override
  public RepositoryLocks.Held lock() throws IOException {
    if (part < 0 || part >= plan.parts()) {
      throw new Problem(
          Kind.CONFIGURATION,
          "--part is "
              + part
              + ": backup "
              + plan.id()
              + " is planned for "
              + plan.parts()
              + " parts, numbered from 0 to "
              + (plan.parts() - 1));
    }
    return repository
        .storage()
        .locks()
        .ofPart(Layout.partLock(plan.id(), part), "part " + part + " of backup " + plan.id());
  }

  @Override
  public JobWork<JobResult> open(RepositoryLocks.Held lock, Cancellation cancellation)
      throws IOException {
    // Under the lock: whoever discards a plan looks for held locks after that.
    if (!PlannedBackup.newest(repository).id().equals(plan.id())) {
      throw new Problem(
          Kind.NOT_FOUND,
          "the planned backup " + plan.id() + " was discarded; nothing was fetched");
    }
    JobReport report = new JobReport(plan.id().text(), KIND, Optional.of(trigger), tools.clock());
    report.about(plan.id().text());
    if (!repository.plans().isOpen(plan.id())
        || new Documents(repository.storage()).exists(Layout.partJson(plan.id(), part))) {
      report.did("part " + part + " was done before");
      return new FinishedWork<>(plan.id(), "part " + part, report.done());
    }
    PlannedBackup backup = new PlannedBackup(plan);
    if (!backup.buckets().equals(SourceDatabase.buckets(source))) {
      throw new Problem(
          Kind.CONFIGURATION,
          "PARSEC_BLOCKSTORE names other buckets than those of the planned backup "
              + plan.id()
              + ": "
              + String.join(", ", backup.buckets())
              + ". Use the settings of 'backup --plan'");
    }
    Workspace workspace = repository.openPart(lock, plan.id(), part);
    Progress progress = new Progress(tools.clock());
    return new PartWork(
        new PartWork.PartOfBackup(backup, part, lock),
        repository,
        workspace,
        new PartFetcher(tools.sync(), source, repository, workspace, progress.sync()),
        progress,
        report);
  }
}
