package io.parsecbackup.backup;

import io.parsecbackup.job.JobDocument;
import io.parsecbackup.job.JobState;
import io.parsecbackup.repository.Repository;
import io.parsecbackup.repository.storage.RepositoryLocks;
import io.parsecbackup.repository.storage.RunId;
import java.io.IOException;
import java.util.Optional;

/** Completes the records of runs that were killed before they recorded a result. */
public final class DeadRunRecords {

  private DeadRunRecords() {}

  /**
   * Records a result for every run whose record still says {@code running}.
   *
   * @param lock proves that none of them is running
   */
  public static void complete(Repository repository, RepositoryLocks.Held lock) throws IOException {
    for (RunId id : repository.runs().ids()) {
      Optional<Backup> run =
          repository
              .runs()
              .read(id)
              .flatMap(BackupJson::fromJson)
              .filter(found -> found.id().equals(id.text()));
      if (run.isPresent() && run.get().state() == JobState.RUNNING) {
        Optional<Backup> published =
            repository.published().document(id).flatMap(BackupJson::fromJson);
        lock.requireHeld();
        repository
            .runs()
            .write(id, BackupJson.toJson(published.orElseGet(() -> failed(run.get()))));
      }
    }
  }

  /** The result of a run whose record says {@code running} although no process holds the lock. */
  static Backup failed(Backup run) {
    return new Backup(
        run.id(),
        JobState.FAILED,
        run.trigger(),
        run.snapshotAt(),
        Optional.empty(),
        run.startedAt(),
        Optional.empty(),
        run.postgres(),
        run.dump(),
        run.objects(),
        run.warnings(),
        Optional.of(
            JobDocument.KILLED + ". Nothing was published; the next run uses what it had copied"),
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }
}
