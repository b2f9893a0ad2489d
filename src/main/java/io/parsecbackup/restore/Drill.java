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

  void run(JobContext context, Place place) throws IOException {
    context.report().enter(JobPhase.FILES);
    List<Damage> damage = damage(context);
    if (!damage.stream().allMatch(Restore::isDispensable)) {
      context.report().did("the backup's files are damaged, so its dump was not restored");
      return;
    }
    Backup backup = context.choice().whole();
    DumpSource dump = BackupDump.of(context, backup);
    // A large dump takes long to read, and without that right it would be in vain.
    databases.requireScratch(place.server(), name(context), context.cancellation());
    DumpRows rows = dumps.readThrough(dump.file(), dump.format(), context.cancellation());
    context.report().enter(JobPhase.DATABASE);
    try (ScratchDatabase scratch =
        databases.scratch(place.server(), name(context), dump, context.cancellation())) {
      scratch.warnings().forEach(context.report()::warn);
      context.report().enter(JobPhase.COMPARE);
      try (DatabaseSnapshot restored =
          DatabaseSnapshot.restored(
              scratch.uri(), dump.database().schema(), context.cancellation())) {
        DrillComparison comparison = new DrillComparison(context, restored);
        comparison.rows(publishedRows(context, damage), rows);
        comparison.migration(
            backup.postgres().flatMap(Backup.Postgres::parsecMigration),
            rows.newestMigration(dump.database().schema()));
        comparison.objects(proven(context, Layout.REFERENCES, damage));
      }
      scratch.drop();
      context
          .report()
          .did(
              "the dump was restored into "
                  + scratch.uri().database()
                  + " and dropped again; "
                  + rows.tables().size()
                  + " tables and "
                  + context.report().checkedObjects()
                  + " objects were compared");
    }
  }

  /** PostgreSQL's programs do not notice every flipped bit; the digests do. */
  private static List<Damage> damage(JobContext context) throws IOException {
    List<Damage> damage =
        context.repository().files().check(context.id()).stream()
            .filter(link -> !link.name().startsWith("index/"))
            .toList();
    damage.forEach(context.report()::found);
    // Objects are looked for all the same: its lines that can be read serve.
    context.repository().index().damage(context.id()).forEach(context.report()::found);
    return damage;
  }

  private static Optional<TableRows> publishedRows(JobContext context, List<Damage> damage)
      throws IOException {
    Optional<Path> file = proven(context, Layout.ROWS, damage);
    return file.isEmpty()
        ? Optional.empty()
        : Optional.of(TableRows.read(context.repository().layout().files(), file.get()));
  }

  /** A file of the backup, unless it is damaged, or nothing proves it, or it was never written. */
  private static Optional<Path> proven(JobContext context, String file, List<Damage> damage)
      throws IOException {
    Path path = context.repository().layout().backup(context.id()).resolve(file);
    boolean doubtful =
        damage.stream()
            .anyMatch(link ->
                link.name().endsWith("/" + file) || link.name().endsWith("/" + Layout.CHECKSUMS));
    return doubtful || !context.repository().layout().files().exists(path)
        ? Optional.empty()
        : Optional.of(path);
  }

  /** At most 45 bytes: a repository's id is a UUID. */
  private static String name(JobContext context) throws IOException {
    return "parsec_drill_"
        + context
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
