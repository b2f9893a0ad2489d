package io.parsecbackup.restore;

import io.parsecbackup.Problem;
import io.parsecbackup.backup.Backup;
import io.parsecbackup.backup.SourceSettings;
import io.parsecbackup.dump.DatabaseSnapshot;
import io.parsecbackup.dump.archive.DumpFacts;
import io.parsecbackup.dump.archive.DumpProof;
import io.parsecbackup.dump.archive.DumpRows;
import io.parsecbackup.dump.restore.DatabaseRestorer;
import io.parsecbackup.dump.restore.DumpSource;
import io.parsecbackup.dump.restore.ScratchDatabase;
import io.parsecbackup.job.JobKind;
import io.parsecbackup.job.JobPhase;
import io.parsecbackup.postgres.connection.DatabaseUri;
import io.parsecbackup.repository.TableRows;
import io.parsecbackup.repository.encryption.EncryptedNames;
import io.parsecbackup.repository.encryption.Encryption;
import io.parsecbackup.repository.storage.Damage;
import io.parsecbackup.repository.storage.Layout;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Restores a backup's dump into a scratch database and compares the result with the backup: the
 * rows of every table, the newest migration, and whether the repository has the object of every
 * block row. The name of the scratch database contains the repository's id. The drill drops it at
 * the end. If a crash prevents that, the next drill drops it first.
 */
@ApplicationScoped
public class Drill {

  public static final JobKind KIND = new JobKind("drill");

  private final SourceSettings sourceSettings;
  private final DumpProof dumps;
  private final DatabaseRestorer databases;
  private final Encryption encryption;

  public Drill(
      SourceSettings sourceSettings,
      DumpProof dumps,
      DatabaseRestorer databases,
      Encryption encryption) {
    this.sourceSettings = sourceSettings;
    this.dumps = dumps;
    this.databases = databases;
    this.encryption = encryption;
  }

  /** The server on which the drill creates the scratch database. */
  record Server(DatabaseUri uri) {}

  /**
   * The server that {@code parsec.backup.drill.database} names, or else the source's.
   *
   * @throws io.parsecbackup.Problem if that setting, or the source's, is missing or invalid
   */
  Server server() {
    return new Server(
        sourceSettings.database(DrillConfig.DATABASE_KEY).orElseGet(sourceSettings::database));
  }

  void run(JobContext context, Server server) throws IOException {
    compare(context, server);
    FindingsAdvice.give(context.report());
  }

  private void compare(JobContext context, Server server) throws IOException {
    context.report().enter(JobPhase.FILES);
    context.repository().storage().distrustCopies();
    List<Damage> damage = damage(context);
    if (!damage.stream().allMatch(Restore::isTolerable)) {
      context.report().did("the backup's files are damaged, so its dump was not restored");
      return;
    }
    Backup backup = context.choice().intact();
    if (backup.dump().isEmpty()) {
      throw new Problem(
          Problem.Kind.CONFIGURATION,
          "backup "
              + backup.id()
              + " has no dump to restore, because another tool backs up the database. Test restores"
              + " with that tool; 'verify' checks the objects");
    }
    BackupContents contents = new BackupContents(context, encryption);
    DumpSource dump = contents.dump(backup);
    // First, because reading a large dump takes long and would be useless without this right.
    databases.requireScratch(server.uri(), name(context), context.cancellation());
    DumpFacts facts = dumps.facts(dump.file(), dump.format(), context.cancellation());
    DumpRows rows = dumps.readThrough(facts, dump.file(), context.cancellation());
    context.report().enter(JobPhase.DATABASE);
    try (ScratchDatabase scratch =
        databases.scratch(server.uri(), name(context), dump, facts, context.cancellation())) {
      scratch.warnings().forEach(context.report()::warn);
      context.report().enter(JobPhase.COMPARE);
      try (DatabaseSnapshot restored =
          DatabaseSnapshot.restored(
              scratch.uri(), dump.database().schema(), context.cancellation())) {
        DrillComparison comparison = new DrillComparison(contents, restored);
        comparison.rows(publishedRows(context, damage), rows);
        comparison.migration(
            backup.postgres().flatMap(Backup.Postgres::parsecMigration),
            rows.newestMigration(dump.database().schema()));
        comparison.objects(
            isDoubtful(Layout.REFERENCES, damage)
                ? Optional.empty()
                : contents.checkedList(Layout.REFERENCES));
      }
      scratch.drop();
      context
          .report()
          .did(
              "the dump was restored into "
                  + scratch.uri().database()
                  + ", which was then dropped; "
                  + rows.tables().size()
                  + " tables and "
                  + context.report().checkedObjects()
                  + " objects were compared");
    }
  }

  /**
   * Compares the files with their digests: PostgreSQL's programs do not detect every flipped bit.
   */
  private static List<Damage> damage(JobContext context) throws IOException {
    List<Damage> damage =
        context.repository().files().check(context.id()).stream()
            .filter(link -> !link.name().startsWith("index/"))
            .toList();
    damage.forEach(context.report()::found);
    // The drill still checks the objects, with the lines of the index that can be read.
    context.repository().index().damage(context.id()).forEach(context.report()::found);
    return damage;
  }

  private static Optional<TableRows> publishedRows(JobContext context, List<Damage> damage)
      throws IOException {
    Optional<Path> file =
        isDoubtful(Layout.ROWS, damage)
            ? Optional.empty()
            : context.repository().files().checked(context.id(), Layout.ROWS);
    return file.isEmpty() ? Optional.empty() : Optional.of(TableRows.read(file.get()));
  }

  /** Whether a file of the backup is damaged or cannot be proven. */
  private static boolean isDoubtful(String file, List<Damage> damage) {
    return damage.stream()
        .map(link -> EncryptedNames.plain(link.name()))
        .anyMatch(name -> name.endsWith("/" + file) || name.endsWith("/" + Layout.CHECKSUMS));
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
                    "parsec-backup.json of the repository is damaged or lost, and a drill needs the"
                        + " repository's id for the name of its scratch database. Run 'adopt'"))
            .replace("-", "");
  }
}
