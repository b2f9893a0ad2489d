package io.parsecbackup.retention;

import io.parsecbackup.Cancellation;
import io.parsecbackup.Problem;
import io.parsecbackup.Problem.Kind;
import io.parsecbackup.backup.DeadRunRecords;
import io.parsecbackup.job.JobKind;
import io.parsecbackup.job.JobReport;
import io.parsecbackup.job.JobResult;
import io.parsecbackup.job.JobSettings;
import io.parsecbackup.job.JobStart;
import io.parsecbackup.job.JobWork;
import io.parsecbackup.job.ReportedWork;
import io.parsecbackup.repository.JobScratch;
import io.parsecbackup.repository.Repository;
import io.parsecbackup.repository.storage.RepositoryLocks;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

/** Starts a prune, which locks the repository exclusively; a dry run shares the lock. */
record PruneStart(Repository repository, PruneRequest request, JobSettings jobSettings)
    implements JobStart<JobResult> {

  @Override
  public JobKind kind() {
    return PruneRequest.KIND;
  }

  @Override
  public Optional<Duration> limit() {
    return Optional.of(jobSettings.limit());
  }

  @Override
  public RepositoryLocks.Held lock() throws IOException {
    // Before locking, because the lock's file must not appear in a folder of something else.
    if (repository.identity().isEmpty()) {
      throw new Problem(
          Kind.NOT_FOUND, "there is no backup yet in " + repository.location() + ": run 'backup'");
    }
    return request.dryRun()
        ? repository.lockShared("a dry run of a prune")
        : repository.lock("a prune that is starting");
  }

  @Override
  public JobWork<JobResult> open(RepositoryLocks.Held lock, Cancellation cancellation)
      throws IOException {
    if (!request.dryRun()) {
      repository.deadRuns().clear();
      DeadRunRecords.complete(repository, lock);
    }
    JobScratch scratch = repository.openScratch(lock, jobSettings.clock().instant());
    if (!scratch.isWritable() && !request.dryRun()) {
      scratch.close();
      throw new Problem(
          Kind.REPOSITORY,
          "the repository "
              + repository.location()
              + " cannot be written, or its disk is full: nothing was removed. Fix its rights or"
              + " free some space, then run 'prune' again");
    }
    lock.describeHolder(kind() + " " + scratch.id());
    JobReport report =
        new JobReport(
            scratch.id().text(), kind(), Optional.of(request.trigger()), jobSettings.clock());
    if (request.dryRun()) {
      report.dryRun();
    }
    return new ReportedWork(
        kind(),
        repository,
        scratch,
        report,
        cancelled ->
            new Prune(repository, lock, request, scratch, report, cancelled)
                .run(jobSettings.clock().instant()));
  }
}
