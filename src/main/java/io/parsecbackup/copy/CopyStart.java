package io.parsecbackup.copy;

import io.parsecbackup.Cancellation;
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
import io.parsecbackup.repository.encryption.Encryption;
import io.parsecbackup.repository.storage.RepositoryLocks;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Starts a copy. It holds the shared lock of the repository only until its record is written:
 * published files do not change, and a copy that takes long must not prevent a backup.
 */
public record CopyStart(
    Repository source,
    List<Repository> targets,
    JobSettings jobSettings,
    Encryption encryption,
    Trigger trigger)
    implements JobStart<JobResult> {

  public static final JobKind KIND = CopySource.KIND;

  @Override
  public JobKind kind() {
    return KIND;
  }

  @Override
  public Optional<Duration> limit() {
    return Optional.of(jobSettings.limit());
  }

  @Override
  public RepositoryLocks.Held lock() throws IOException {
    source.requireKnownFormat();
    return source.lockShared("a copy that is starting");
  }

  @Override
  public JobWork<JobResult> open(RepositoryLocks.Held lock, Cancellation cancellation)
      throws IOException {
    JobScratch scratch = source.openScratch(lock, jobSettings.clock().instant());
    lock.describeHolder("copy " + scratch.id());
    JobReport report =
        new JobReport(scratch.id().text(), KIND, Optional.of(trigger), jobSettings.clock());
    return new ReportedWork(
        KIND,
        source,
        scratch,
        report,
        cancelled -> {
          // The first record is written now.
          lock.releaseAndShow(scratch.id(), "copy " + scratch.id());
          new CopyRun(new CopySource(source, scratch.id(), report, cancelled, encryption), targets)
              .run();
        });
  }
}
