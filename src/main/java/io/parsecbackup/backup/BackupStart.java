package io.parsecbackup.backup;

import io.parsecbackup.Cancellation;
import io.parsecbackup.job.JobEnd;
import io.parsecbackup.job.JobKind;
import io.parsecbackup.job.JobStart;
import io.parsecbackup.job.JobWork;
import io.parsecbackup.job.Trigger;
import io.parsecbackup.repository.Repository;
import io.parsecbackup.repository.Workspace;
import io.parsecbackup.repository.storage.RepositoryLocks;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;

/** Starts a backup, which locks the repository exclusively. */
public record BackupStart(
    BackupTools tools,
    Repository repository,
    BackupSource source,
    Trigger trigger,
    Consumer<Backup> follower)
    implements JobStart<Backup> {

  @Override
  public JobKind kind() {
    return BackupRun.KIND;
  }

  @Override
  public Optional<Duration> limit() {
    return Optional.of(tools.jobSettings().limit());
  }

  @Override
  public RepositoryLocks.Held lock() throws IOException {
    // Before locking, because the lock's file must not appear in a folder of something else.
    repository.identity();
    return repository.lockForBackup("a backup that is starting", tools.clock().instant());
  }

  @Override
  public JobWork<Backup> open(RepositoryLocks.Held lock, Cancellation cancellation)
      throws IOException {
    return new BackupRun(tools, repository, reserve(lock), source, trigger);
  }

  /** Clears what dead runs have left, and reserves the id of this one. */
  public Workspace reserve(RepositoryLocks.Held lock) throws IOException {
    repository.deadRuns().clear();
    DeadRunRecords.complete(repository, lock);
    Workspace workspace = repository.reserve(lock, tools.clock().instant());
    lock.describeHolder("backup " + workspace.id());
    return workspace;
  }

  @Override
  public void follow(JobEnd<Backup> end) {
    follower.accept(end.document());
  }
}
