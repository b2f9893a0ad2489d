package io.parsecbackup.restore;

import io.parsecbackup.Problem;
import io.parsecbackup.Problem.Kind;
import io.parsecbackup.backup.Backup;
import io.parsecbackup.dump.archive.DumpFormat;
import io.parsecbackup.dump.restore.DumpSource;
import io.parsecbackup.dump.restore.RecordedDatabase;
import io.parsecbackup.repository.storage.Layout;
import java.io.IOException;
import java.nio.file.Path;

/** Describes a backup's dump for the packages of dumps. */
final class BackupDump {

  /** Used if the repository's id is lost. A restore does not need the id. */
  private static final String UNKNOWN = "unknown";

  private BackupDump() {}

  /**
   * A local copy of the dump, which was checked and which pg_restore opens by its name.
   *
   * @throws java.nio.file.FileSystemException if it is not a regular file in the backup's folder
   */
  static Path file(JobContext context, Backup.DumpFile dump) throws IOException {
    return context
        .repository()
        .storage()
        .localAgain(Layout.child(context.id(), dump.file()), dump.sha256());
  }

  static DumpSource of(JobContext context, Backup backup) throws IOException {
    Backup.DumpFile dump =
        backup
            .dump()
            .orElseThrow(() ->
                new Problem(
                    Kind.REPOSITORY,
                    "backup " + backup.id() + " names no dump." + " Choose another backup"));
    return new DumpSource(
        file(context, dump),
        DumpFormat.of(dump.format()),
        backup.id(),
        context.repository().id().orElse(UNKNOWN),
        new RecordedDatabase(
            backup.postgres().map(Backup.Postgres::encoding).filter(text -> !text.isEmpty()),
            backup.postgres().map(Backup.Postgres::collate).filter(text -> !text.isEmpty()),
            backup.postgres().flatMap(Backup.Postgres::schema)));
  }
}
