package io.parsecbackup.restore;

import io.parsecbackup.Problem;
import io.parsecbackup.backup.Backup;
import io.parsecbackup.backup.SourceSettings;
import io.parsecbackup.dump.DatabaseSnapshot;
import io.parsecbackup.dump.archive.DumpProof;
import io.parsecbackup.dump.archive.DumpRows;
import io.parsecbackup.dump.restore.DatabaseRestorer;
import io.parsecbackup.dump.restore.DumpSource;
import io.parsecbackup.dump.restore.ScratchDatabase;
import io.parsecbackup.job.JobKind;
import io.parsecbackup.job.JobPhase;
import io.parsecbackup.postgres.connection.DatabaseUri;
import io.parsecbackup.repository.TableRows;
import io.parsecbackup.repository.storage.Damage;
import io.parsecbackup.repository.storage.Layout;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Restores a backup's dump into a scratch database and compares what came of it with the backup:
 * the rows of every table, the newest migration, and that every block row has its object in the
 * repository. The scratch database is named after the repository and goes at the end; one that a
 * crash left goes at the beginning of the next drill.
 */
@ApplicationScoped
public class Drill {

  public static final JobKind KIND = new JobKind("drill");

  private final SourceSettings sourceSettings;
  private final DumpProof dumps;
  private final DatabaseRestorer databases;

  public Drill(SourceSettings sourceSettings, DumpProof dumps, DatabaseRestorer databases) {
    this.sourceSettings = sourceSettings;
    this.dumps = dumps;
    this.databases = databases;
  }

  /** The server on which the scratch database is made. */
  record Place(DatabaseUri server) {}

  /**
   * Where {@code parsec.backup.drill.database} says, or beside the source.
   *
   * @throws io.parsecbackup.Problem when that setting, or the source's, is missing or wrong
   */
  Place place() {
    return new Place(
        sourceSettings.database(DrillConfig.DATABASE_KEY).orElseGet(sourceSettings::database));
  }

  void run(JobSpace space, Place place) throws IOException {
    space.report().enter(JobPhase.FILES);
    List<Damage> damage = damage(space);
    if (!damage.stream().allMatch(Restores::isDispensable)) {
      space.report().did("the backup's files are damaged, so its dump was not restored");
      return;
    }
    Backup backup = space.choice().whole();
    DumpSource dump = Dumps.of(space, backup);
    // A large dump takes long to read, and without that right it would be in vain.
    databases.requireScratch(place.server(), name(space), space.cancellation());
    DumpRows rows = dumps.readThrough(dump.file(), dump.format(), space.cancellation());
    space.report().enter(JobPhase.DATABASE);
    try (ScratchDatabase scratch =
        databases.scratch(place.server(), name(space), dump, space.cancellation())) {
      scratch.warnings().forEach(space.report()::warn);
      space.report().enter(JobPhase.COMPARE);
      try (DatabaseSnapshot restored =
          DatabaseSnapshot.restored(scratch.uri(), dump.database().schema(), space.cancellation())) {
        DrillComparison comparison = new DrillComparison(space, restored);
        comparison.rows(publishedRows(space, damage), rows);
        comparison.migration(
            backup.postgres().flatMap(Backup.Postgres::parsecMigration),
            rows.newestMigration(dump.database().schema()));
        comparison.objects(proven(space, Layout.REFERENCES, damage));
      }
      scratch.drop();
      space
          .report()
          .did(
              "the dump was restored into "
                  + scratch.uri().database()
                  + " and dropped again; "
                  + rows.tables().size()
                  + " tables and "
                  + space.report().checkedObjects()
                  + " objects were compared");
    }
  }

  /** PostgreSQL's programs do not notice every flipped bit; the digests do. */
  private static List<Damage> damage(JobSpace space) throws IOException {
    List<Damage> damage =
        space.repository().files().check(space.id()).stream()
            .filter(link -> !link.name().startsWith("index/"))
            .toList();
    damage.forEach(space.report()::found);
    // Objects are looked for all the same: its lines that can be read serve.
    space.repository().index().damage(space.id()).forEach(space.report()::found);
    return damage;
  }

  private static Optional<TableRows> publishedRows(JobSpace space, List<Damage> damage)
      throws IOException {
    Optional<Path> file = proven(space, Layout.ROWS, damage);
    return file.isEmpty()
        ? Optional.empty()
        : Optional.of(TableRows.read(space.repository().layout().files(), file.get()));
  }

  /** A file of the backup, unless it is damaged, or nothing proves it, or it was never written. */
  private static Optional<Path> proven(JobSpace space, String file, List<Damage> damage)
      throws IOException {
    Path path = space.repository().layout().backup(space.id()).resolve(file);
    boolean doubtful =
        damage.stream()
            .anyMatch(link ->
                link.name().endsWith("/" + file) || link.name().endsWith("/" + Layout.CHECKSUMS));
    return doubtful || !space.repository().layout().files().exists(path)
        ? Optional.empty()
        : Optional.of(path);
  }

  /** At most 45 bytes: a repository's id is a UUID. */
  private static String name(JobSpace space) throws IOException {
    return "parsec_drill_"
        + space
            .repository()
            .id()
            .orElseThrow(() ->
                new Problem(
                    Problem.Kind.REPOSITORY,
                    "parsec-backup.json of the repository is damaged or lost, and a drill's scratch"
                        + " database is named after the id in it: run 'adopt'"))
            .replace("-", "");
  }
}
