package io.parsecbackup.restore;

import io.parsecbackup.Problem;
import io.parsecbackup.Problem.Kind;
import io.parsecbackup.backup.Backup;
import io.parsecbackup.dump.DumpFormat;
import io.parsecbackup.dump.DumpSource;
import java.io.IOException;

/** A backup's dump, as the rooms below know it. */
final class Dumps {

  /** In the place of a repository's id that is lost: a restore needs none. */
  private static final String UNKNOWN = "unknown";

  private Dumps() {}

  static DumpSource of(JobSpace space, Backup backup) throws IOException {
    Backup.DumpFile dump =
        backup
            .dump()
            .orElseThrow(
                () -> new Problem(Kind.REPOSITORY, "backup " + backup.id() + " names no dump"));
    return new DumpSource(
        space.repository().layout().backup(space.id()).resolve(dump.file()),
        DumpFormat.of(dump.format()),
        backup.id(),
        space.repository().id().orElse(UNKNOWN),
        backup.postgres().map(Backup.Postgres::encoding).filter(text -> !text.isEmpty()),
        backup.postgres().map(Backup.Postgres::collate).filter(text -> !text.isEmpty()),
        backup.postgres().flatMap(Backup.Postgres::schema));
  }
}
