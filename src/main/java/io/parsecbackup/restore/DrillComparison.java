package io.parsecbackup.restore;

import io.parsecbackup.dump.DatabaseSnapshot;
import io.parsecbackup.dump.ReferenceDump;
import io.parsecbackup.dump.RowCount;
import io.parsecbackup.dump.RowDifference;
import io.parsecbackup.dump.archive.DumpRows;
import io.parsecbackup.parsec.BlockData;
import io.parsecbackup.parsec.ParsecTables;
import io.parsecbackup.repository.MissingList;
import io.parsecbackup.repository.ObjectProof;
import io.parsecbackup.repository.TableRows;
import io.parsecbackup.repository.encryption.ReadableFile;
import io.parsecbackup.repository.index.Cursor;
import io.parsecbackup.repository.index.IndexRecord;
import io.parsecbackup.repository.index.RecordStream;
import io.parsecbackup.repository.index.Reference;
import io.parsecbackup.repository.index.ReferenceStream;
import io.parsecbackup.repository.storage.Damage;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Optional;
import java.util.OptionalInt;

/** Compares a restored database with its backup. */
final class DrillComparison {

  private final JobContext context;
  private final BackupContents contents;
  private final DatabaseSnapshot restored;

  DrillComparison(BackupContents contents, DatabaseSnapshot restored) {
    this.context = contents.context();
    this.contents = contents;
    this.restored = restored;
  }

  /**
   * Compares the row count of every table.
   *
   * @param published the row counts of the dump's snapshot; if empty, the rows in the dump are
   *     counted instead
   */
  void rows(Optional<TableRows> published, DumpRows dump) {
    RowCount restored = RowCount.of(this.restored, context.cancellation());
    if (published.isEmpty()) {
      context
          .report()
          .warn(
              "backup "
                  + context.id()
                  + " has no reliable rows.tsv, like adopted dumps and backups of older versions:"
                  + " tables are compared with the rows in the dump, not with the source");
      if (dump.tables().isEmpty() && !restored.tables().tables().isEmpty()) {
        context
            .report()
            .warn(
                "the dump contains no COPY data (was it made with --inserts?), so rows were not"
                    + " compared");
        return;
      }
    }
    restored
        .against(published.map(RowCount::byDumpName).orElseGet(dump::tables))
        .forEach(this::found);
  }

  private void found(RowDifference difference) {
    boolean lost = difference.found().isEmpty();
    context
        .report()
        .found(
            "table " + difference.table(),
            lost ? "lost" : "differs",
            difference.expected() + " rows",
            lost ? "no such table" : difference.found().getAsLong() + " rows");
  }

  /**
   * Compares the newest migration.
   *
   * @param published the one in {@code backup.json}
   * @param dumped the one in the dump's rows
   */
  void migration(Optional<Integer> published, OptionalInt dumped) {
    OptionalInt found = restored.database().parsecMigration();
    OptionalInt expected = published.map(OptionalInt::of).orElse(dumped);
    if (!found.equals(expected)) {
      String table =
          restored
              .database()
              .tables()
              .map(t -> DumpRows.plain(t.name("migration")))
              .orElse("migration");
      context.report().found("table " + table, "differs", words(expected), words(found));
    }
  }

  private static String words(OptionalInt migration) {
    return migration.isPresent() ? "newest migration " + migration.getAsInt() : "no migration";
  }

  /**
   * Checks that the object of every block row exists: in the index, with the row's size, and on
   * disk; or in the restored database, if the server stores blocks there.
   *
   * @param published the references of the backup's dump, which are compared with the rows; may be
   *     empty
   */
  void objects(Optional<ReadableFile> published) throws IOException {
    boolean inDump =
        context
            .backup()
            .flatMap(backup -> backup.objects())
            .map(objects -> objects.strategy().equals("none"))
            .orElse(false);
    Path list = context.scratch().newFile();
    Optional<ParsecTables> tables = restored.database().tables();
    if (tables.isEmpty() || ReferenceDump.write(restored, list).isEmpty()) {
      if (inDump) {
        context.report().warn("the dump has no Parsec tables, so no block was checked");
      } else {
        context
            .report()
            .found(
                "table block",
                "lost",
                "Parsec's tables, whose rows name the" + " objects",
                "no such table");
      }
      return;
    }
    if (published.isPresent()) {
      references(published.get(), list);
    }
    if (inDump) {
      blocks(list, tables.get());
    } else {
      files(list);
    }
  }

  private void references(ReadableFile published, Path list) throws IOException {
    try (ReferenceStream expected = new ReferenceStream(published);
        ReferenceStream found = new ReferenceStream(list)) {
      Cursor<Reference> listed = new Cursor<>(expected, Reference::key);
      Cursor<Reference> restoredRows = new Cursor<>(found, Reference::key);
      Optional<String> key = Cursor.first(listed, restoredRows);
      while (key.isPresent()) {
        context.cancellation().throwIfCancelled();
        Optional<Reference> listedOne = listed.take(key.get());
        Optional<Reference> row = restoredRows.take(key.get());
        if (!listedOne.equals(row)) {
          context
              .report()
              .found(key.get(), row.isEmpty() ? "lost" : "differs", row(listedOne), row(row));
        }
        key = Cursor.first(listed, restoredRows);
      }
    }
  }

  private static String row(Optional<Reference> reference) {
    return reference
        .map(row ->
            row.size().isPresent()
                ? "a row of the table block with " + row.size().getAsLong() + " bytes"
                : "rows of the table block with several sizes")
        .orElse("no row of the table block");
  }

  private void blocks(Path list, ParsecTables tables) throws IOException {
    try (ReferenceStream references = new ReferenceStream(list)) {
      while (references.hasNext()) {
        context.cancellation().throwIfCancelled();
        context.report().checked(references.next().size().orElse(0));
      }
    }
    try {
      BlockData.findMissing(
          restored.connection(),
          tables,
          (key, size, stored) ->
              context
                  .report()
                  .found(
                      key,
                      stored.isPresent() ? "size" : "lost",
                      size + " bytes in the table block_data",
                      stored.isPresent() ? stored.getAsLong() + " bytes" : "no such block"));
    } catch (SQLException e) {
      throw restored.meaning(e);
    }
  }

  private void files(Path list) throws IOException {
    ObjectProof.Look look = context.repository().objectProof().lookInOrder();
    long accepted = 0;
    try (DamageRecorder damaged = new DamageRecorder(contents);
        MissingAtSource.Lines missing = MissingAtSource.lines(contents);
        ReferenceStream references = new ReferenceStream(list);
        RecordStream<IndexRecord> records =
            context.repository().index().asOf(context.id(), context.scratch()::newFile)) {
      Cursor<IndexRecord> index = new Cursor<>(records, IndexRecord::key);
      Cursor<MissingList.Line> known = new Cursor<>(missing, MissingList.Line::key);
      while (references.hasNext()) {
        context.cancellation().throwIfCancelled();
        Reference reference = references.next();
        context.report().checked(reference.size().orElse(0));
        Optional<IndexRecord> entry = index.take(reference.key());
        // The backup is complete without them.
        if (known.take(reference.key()).filter(MissingList.Line::isAccepted).isPresent()) {
          accepted++;
          continue;
        }
        Optional<Damage> damage = reference.damage(entry);
        // The next backup fetches an object that the index does not have with the row's size. Any
        // other damaged object is recorded for it.
        if (damage.isEmpty() && entry.isPresent()) {
          damage = look.at(entry.get());
          if (damage.isPresent()) {
            damaged.add(entry.get());
          }
        }
        damage.ifPresent(context.report()::found);
      }
    }
    if (accepted > 0) {
      context.report().warn("accepted losses, which were not checked: " + accepted);
    }
  }
}
