package io.parsecbackup.dump.restore;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.parsecbackup.Cancellation;
import io.parsecbackup.dump.DatabaseDumper;
import io.parsecbackup.dump.DatabaseSnapshot;
import io.parsecbackup.dump.DumpSettings;
import io.parsecbackup.dump.archive.DumpFormat;
import io.parsecbackup.postgres.ChildProcess;
import io.parsecbackup.postgres.PgTools;
import io.parsecbackup.postgres.PgVersion;
import io.parsecbackup.postgres.connection.DatabaseUri;
import io.parsecbackup.postgres.connection.LibpqTarget;
import io.parsecbackup.repository.encryption.Encryption;
import io.parsecbackup.testing.EmbeddedDatabase;
import io.parsecbackup.testing.MachinePgTools;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Example databases to dump, and this machine's tools. */
public final class Databases {

  public static final Duration PATIENT = Duration.ofMinutes(5);

  private Databases() {}

  public static DatabaseUri uri(String text) {
    return DatabaseUri.parse(text, Map.of("HOME", "/nonexistent"));
  }

  public static PgTools.Tools tools() {
    return MachinePgTools.get().toolsFor(PgVersion.of("15"));
  }

  public static DatabaseDumper dumper(DumpFormat format, String compression, Duration lockWait) {
    return new DatabaseDumper(
        DumpSettings.of(format, compression, lockWait), MachinePgTools::get, Encryption.none());
  }

  /** A small example of everything that Parsec's schema contains, and a name that is not ASCII. */
  public static void fill(EmbeddedDatabase server, String database) {
    server.createDatabase(database);
    server.execute(
        database,
        "CREATE TYPE profile AS ENUM ('ADMIN', 'STANDARD', 'OUTSIDER')",
        "CREATE TABLE migration (_id int PRIMARY KEY, name varchar NOT NULL)",
        "INSERT INTO migration VALUES (9, 'nine'), (24, 'newest')",
        "CREATE TABLE organization (_id serial PRIMARY KEY, organization_id varchar(32) UNIQUE)",
        "INSERT INTO organization (organization_id) VALUES ('CoolOrg'), ('coolorg'), ('Éléphant')",
        "CREATE TABLE block (_id serial PRIMARY KEY, block_id uuid NOT NULL, size int,"
            + " organization int REFERENCES organization, created_on timestamptz DEFAULT now())",
        "INSERT INTO block (block_id, size, organization)"
            + " SELECT md5(i::text)::uuid, i, 1 + i % 3 FROM generate_series(1, 5000) i");
  }

  /** A table whose dump takes a while and is large. */
  public static void fillLarge(EmbeddedDatabase server, String database) {
    server.execute(
        database,
        "CREATE TABLE block_data (_id serial, data bytea)",
        "ALTER TABLE block_data ALTER data SET STORAGE EXTERNAL",
        "INSERT INTO block_data (data) SELECT decode(repeat(md5(i::text), 1000), 'hex')"
            + " FROM generate_series(1, 1000) i");
  }

  /** A dump as a backup contains it. */
  public static Path dump(DatabaseUri source, DumpFormat format, Path file) {
    try (DatabaseSnapshot snapshot = DatabaseSnapshot.open(source)) {
      return dumper(format, "auto", PATIENT)
          .dump(snapshot, source, file, bytes -> {}, new Cancellation())
          .file();
    }
  }

  /** The dump's file, or the file with the most rows in a folder. */
  public static Path largestFile(Path dump) throws IOException {
    try (Stream<Path> files = Files.walk(dump)) {
      return files
          .filter(Files::isRegularFile)
          .filter(file -> !file.endsWith("toc.dat"))
          .max(Comparator.comparingLong(file -> file.toFile().length()))
          .orElseThrow();
    }
  }

  public static String run(DatabaseUri uri, Path program, String... arguments) {
    LibpqTarget target = uri.libpq();
    List<String> argv = new ArrayList<>(List.of(program.toString(), "--dbname=" + target.uri()));
    argv.addAll(List.of(arguments));
    ChildProcess.Finished<String> finished =
        ChildProcess.run(argv, target.environment(), new Cancellation());
    assertEquals(0, finished.exitCode(), finished::stderr);
    return finished.output();
  }

  /** A whole database as a script, without the lines that differ from call to call. */
  public static String content(DatabaseUri uri) {
    return run(uri, tools().pgDump(), "--format=plain")
        .replaceAll("(?m)^\\\\(un)?restrict .*$", "");
  }
}
