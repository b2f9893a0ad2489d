package io.parsecbackup.backup;

import io.parsecbackup.job.JobState;
import io.parsecbackup.repository.Repository;
import io.parsecbackup.repository.storage.RunId;
import java.io.IOException;
import java.util.Optional;

/** Records of runs that were killed before they could write how they ended. */
public final class DeadRunRecords {

  private DeadRunRecords() {}

  /** Writes the end into every record that still says "running". Needs the lock. */
  public static void settle(Repository repository) throws IOException {
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
        repository.runs().write(id, BackupJson.toJson(published.orElseGet(() -> ended(run.get()))));
      }
    }
  }

  /** A run that says it runs while nobody holds the repository. */
  static Backup ended(Backup run) {
    return new Backup(
        run.id(),
        JobState.FAILED,
        run.trigger(),
        run.snapshotAt(),
        run.startedAt(),
        Optional.empty(),
        run.postgres(),
        run.dump(),
        run.objects(),
        run.warnings(),
        Optional.of(
            "it ended without a word: the process was killed or the machine went down. Nothing was"
                + " published; the next run uses what it had copied"),
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }
}
