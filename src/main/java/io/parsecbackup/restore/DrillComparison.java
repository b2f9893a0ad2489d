package io.parsecbackup.restore;

import io.parsecbackup.dump.DatabaseSnapshot;
import io.parsecbackup.dump.DumpRows;
import io.parsecbackup.dump.ReferenceDump;
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
import java.util.TreeSet;

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
      TreeSet<String> tables = new TreeSet<>();
      try (ResultSet names = statement.executeQuery(TABLES)) {
        while (names.next()) {
          tables.add(names.getString(1));
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
        tables.remove(table.getKey());
        count(statement, table.getKey(), table.getValue());
      }
      for (String unknown : tables) {
        count(statement, unknown, 0);
      }
    } catch (SQLException e) {
      throw restored.meaning(e);
    }
  }

  /** The name is the dump's own, quoted by pg_dump; the dump's digest was checked. */
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
      space.report().found("table public.migration", "differs", words(expected), words(found));
    }
  }

  private static String words(OptionalInt migration) {
    return migration.isPresent() ? "newest migration " + migration.getAsInt() : "no migration";
  }

  /** Looks for the object of every block row: in the index, with the row's size, and on disk. */
  void objects() throws IOException {
    boolean inDump =
        space
            .backup()
            .flatMap(backup -> backup.objects())
            .map(objects -> objects.strategy().equals("none"))
            .orElse(false);
    if (inDump) {
      return;
    }
    Path list = space.scratch().newFile();
    if (ReferenceDump.write(restored, list).isEmpty()) {
      space.report().warn("the dump has no tables of Parsec's: no object was looked for");
      return;
    }
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
