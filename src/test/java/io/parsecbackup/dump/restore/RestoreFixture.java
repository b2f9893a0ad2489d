package io.parsecbackup.dump.restore;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.parsecbackup.Cancellation;
import io.parsecbackup.dump.archive.DumpFacts;
import io.parsecbackup.dump.archive.DumpFormat;
import io.parsecbackup.dump.archive.DumpProof;
import io.parsecbackup.postgres.connection.DatabaseUri;
import io.parsecbackup.repository.encryption.ReadableFile;
import io.parsecbackup.testing.EmbeddedDatabase;
import io.parsecbackup.testing.MachinePgTools;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** Shared code of the tests of a restore. */
final class RestoreFixture {

  static final String BACKUP = "20261122T020000Z";

  private RestoreFixture() {}

  static DumpSource source(Path file, String backup) {
    return new DumpSource(
        ReadableFile.plain(file),
        format(file),
        backup,
        "5f0c1c5e-repository",
        new RecordedDatabase(Optional.of("UTF8"), Optional.of("C.UTF-8"), Optional.empty()));
  }

  private static DumpFormat format(Path file) {
    if (Files.isDirectory(file)) {
      return DumpFormat.DIRECTORY;
    }
    return file.toString().endsWith(".sql") ? DumpFormat.PLAIN : DumpFormat.CUSTOM;
  }

  /** A scratch database with this dump. */
  static ScratchDatabase scratch(
      DatabaseRestorer restorer, DatabaseUri server, String name, DumpSource dump) {
    DumpFacts facts =
        new DumpProof(MachinePgTools::get).facts(dump.file(), dump.format(), new Cancellation());
    return restorer.scratch(server, name, dump, facts, new Cancellation());
  }

  static DatabaseRestorer restorer() {
    return restorer(step -> {});
  }

  /** As {@link #restorer()}; {@code checkpoint} receives the name of each step. */
  static DatabaseRestorer restorer(Consumer<String> checkpoint) {
    return new DatabaseRestorer(MachinePgTools::get, checkpoint);
  }

  /** Plans a restore, checks the plan, and carries it out. */
  static DatabaseOutcome restore(
      DatabaseRestorer restorer,
      Path dump,
      DatabaseUri target,
      boolean replace,
      DatabasePlan.Action expected) {
    DatabasePlan plan = restorer.plan(source(dump, BACKUP), target, replace, new Cancellation());
    assertEquals(expected, plan.action());
    return restorer.carryOut(plan, bytes -> {}, new Cancellation());
  }

  /** The first column of all rows, as superuser. */
  static List<String> query(EmbeddedDatabase server, String database, String sql) {
    try (Connection connection = server.connect(database);
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      List<String> values = new ArrayList<>();
      while (rows.next()) {
        values.add(rows.getString(1));
      }
      return values;
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /** All databases except PostgreSQL's own, with everything unusual about each. */
  static List<String> databases(EmbeddedDatabase server) {
    return query(
        server,
        "postgres",
        """
        SELECT datname || CASE WHEN datallowconn THEN '' ELSE ' closed' END
               || coalesce(' ' || shobj_description(oid, 'pg_database'), '')
        FROM pg_database WHERE datname NOT IN ('postgres', 'template0', 'template1') ORDER BY 1
        """);
  }
}
