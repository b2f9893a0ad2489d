package io.parsecbackup.restore;

import io.parsecbackup.dump.DatabaseSnapshot;
import io.parsecbackup.dump.DumpRows;
import io.parsecbackup.dump.ReferenceDump;
import io.parsecbackup.parsec.BlockData;
import io.parsecbackup.parsec.ParsecTables;
import io.parsecbackup.repository.Cursor;
import io.parsecbackup.repository.IndexRecord;
import io.parsecbackup.repository.ObjectProof;
import io.parsecbackup.repository.RecordStream;
import io.parsecbackup.repository.Reference;
import io.parsecbackup.repository.ReferenceStream;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.TreeMap;

/** A restored database beside the backup that it came from. */
final class DrillComparison {

  /** By the names under which pg_dump prints them. */
  private static final String TABLES =
      """
      SELECT quote_ident(n.nspname) || '.' || quote_ident(c.relname)
      FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE c.relkind = 'r' AND c.relpersistence <> 't'
        AND n.nspname <> 'information_schema' AND n.nspname NOT LIKE 'pg\\_%'
      """;

  private final JobSpace space;
  private final DatabaseSnapshot restored;

  DrillComparison(JobSpace space, DatabaseSnapshot restored) {
    this.space = space;
    this.restored = restored;
  }

  /** Counts every table, and compares it with the rows that the dump holds of it. */
  void rows(DumpRows dump) {
    try (Statement statement = restored.connection().createStatement()) {
      SortedMap<String, String> tables = new TreeMap<>();
      try (ResultSet names = statement.executeQuery(TABLES)) {
        while (names.next()) {
          tables.put(DumpRows.plain(names.getString(1)), names.getString(1));
        }
      }
      if (dump.tables().isEmpty() && !tables.isEmpty()) {
        space
            .report()
            .warn("the dump holds no COPY data (was it made with --inserts?): rows not compared");
        return;
      }
      for (Map.Entry<String, Long> table : dump.tables().entrySet()) {
        space.cancellation().throwIfCancelled();
        Optional<String> name = Optional.ofNullable(tables.remove(table.getKey()));
        if (name.isPresent()) {
          count(statement, name.get(), table.getValue());
        } else {
          space
              .report()
              .found(
                  "table " + table.getKey(), "lost", table.getValue() + " rows", "no such table");
        }
      }
      for (String unknown : tables.values()) {
        count(statement, unknown, 0);
      }
    } catch (SQLException e) {
      throw restored.meaning(e);
    }
  }

  private void count(Statement statement, String table, long expected) throws SQLException {
    try (ResultSet count = statement.executeQuery("SELECT count(*) FROM " + table)) {
      count.next();
      if (count.getLong(1) != expected) {
        space
            .report()
            .found("table " + table, "differs", expected + " rows", count.getLong(1) + " rows");
      }
    }
  }

  /**
   * Compares the newest migration.
   *
   * @param published what {@code backup.json} says
   * @param dumped what the dump's own rows say
   */
  void migration(Optional<Integer> published, OptionalInt dumped) {
    OptionalInt found = restored.server().parsecMigration();
    OptionalInt expected = published.map(OptionalInt::of).orElse(dumped);
    if (!found.equals(expected)) {
      String table =
          restored
              .server()
              .tables()
              .map(t -> DumpRows.plain(t.name("migration")))
              .orElse("migration");
      space.report().found("table " + table, "differs", words(expected), words(found));
    }
  }

  private static String words(OptionalInt migration) {
    return migration.isPresent() ? "newest migration " + migration.getAsInt() : "no migration";
  }

  /**
   * Looks for the object of every block row: in the index, with the row's size, and on disk; or in
   * the restored database, where the server keeps them there.
   */
  void objects() throws IOException {
    Path list = space.scratch().newFile();
    Optional<ParsecTables> tables = restored.server().tables();
    if (tables.isEmpty() || ReferenceDump.write(restored, list).isEmpty()) {
      space.report().warn("the dump has no tables of Parsec's: no object was looked for");
      return;
    }
    boolean inDump =
        space
            .backup()
            .flatMap(backup -> backup.objects())
            .map(objects -> objects.strategy().equals("none"))
            .orElse(false);
    if (inDump) {
      blocks(list, tables.get());
    } else {
      files(list);
    }
  }

  private void blocks(Path list, ParsecTables tables) throws IOException {
    try (ReferenceStream references = new ReferenceStream(list)) {
      while (references.hasNext()) {
        space.cancellation().throwIfCancelled();
        space.report().checked(references.next().size().orElse(0));
      }
    }
    try {
      BlockData.findLacking(
          restored.connection(),
          tables,
          (key, size, stored) ->
              space
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
    ObjectProof proof = space.repository().objectProof();
    try (ReferenceStream references = new ReferenceStream(list);
        RecordStream records =
            space.repository().index().asOf(space.id(), space.scratch()::newFile)) {
      Cursor<IndexRecord> index = new Cursor<>(records, IndexRecord::key);
      while (references.hasNext()) {
        space.cancellation().throwIfCancelled();
        Reference reference = references.next();
        space.report().checked(reference.size().orElse(0));
        Optional<IndexRecord> entry = index.take(reference.key());
        reference
            .damage(entry)
            .or(() -> entry.flatMap(proof::look))
            .ifPresent(space.report()::found);
      }
    }
  }
}
