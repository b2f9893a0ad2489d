package io.parsecbackup.backup.adopt;

import io.parsecbackup.Cancellation;
import io.parsecbackup.backup.BackupSource;
import io.parsecbackup.backup.BackupTools;
import io.parsecbackup.backup.DeadRunRecords;
import io.parsecbackup.dump.DatabaseSnapshot;
import io.parsecbackup.dump.SnapshotFacts;
import io.parsecbackup.dump.archive.DumpReader;
import io.parsecbackup.job.JobKind;
import io.parsecbackup.job.JobResult;
import io.parsecbackup.job.JobStart;
import io.parsecbackup.job.JobWork;
import io.parsecbackup.repository.Repository;
import io.parsecbackup.repository.Workspace;
import io.parsecbackup.repository.storage.RepositoryLocks;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** Starts an adopt, which locks the repository exclusively. */
record AdoptStart(
    BackupTools tools,
    Repository repository,
    BackupSource source,
    Optional<Path> dump,
    AdoptProgress progress)
    implements JobStart<JobResult> {

  @Override
  public JobKind kind() {
    return AdoptRun.KIND;
  }

  /** There is no limit: a person waits for it, and it may have to read all objects. */
  @Override
  public Optional<Duration> limit() {
    return Optional.empty();
  }

  @Override
  public RepositoryLocks.Held lock() throws IOException {
    dump.map(tools.dumper().encryption()::readable).ifPresent(DumpReader::format);
    // Before locking, because the lock's file must not appear in a folder of something else.
    repository.requireAdoptable();
    return repository.lock("an adopt");
  }

  @Override
  public JobWork<JobResult> open(RepositoryLocks.Held lock, Cancellation cancellation)
      throws IOException {
    SnapshotFacts configured;
    try (DatabaseSnapshot snapshot = DatabaseSnapshot.open(source.database(), cancellation)) {
      configured = snapshot.facts();
    }
    repository.deadRuns().clear();
    DeadRunRecords.complete(repository, lock);
    Workspace workspace = repository.reserve(lock, tools.clock().instant());
    lock.describeHolder("adopt " + workspace.id());
    return new AdoptRun(
        tools, repository, workspace, new AdoptInput(source, configured, dump), progress);
  }
}
