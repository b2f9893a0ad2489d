package io.parsecbackup.dump.restore;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.parsecbackup.Cancellation;
import io.parsecbackup.Problem;
import io.parsecbackup.dump.DatabaseDumper;
import io.parsecbackup.dump.DatabaseSnapshot;
import io.parsecbackup.dump.DumpSettings;
import io.parsecbackup.dump.Failures;
import io.parsecbackup.dump.archive.DumpFormat;
import io.parsecbackup.postgres.FakeTools;
import io.parsecbackup.postgres.PgTools;
import io.parsecbackup.postgres.connection.DatabaseUri;
import io.parsecbackup.repository.encryption.Encryption;
import io.parsecbackup.testing.EmbeddedDatabase;
import io.parsecbackup.testing.PgBinaries;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A server that is newer than the pg_dump of the tests. */
@Timeout(120)
class NewerServerTest {

  private static EmbeddedDatabase server;
  private static DatabaseUri source;

  @TempDir Path folder;

  @BeforeAll
  static void start() {
    assumeTrue(
        Files.exists(Path.of("target", "postgres-newer.jar")), "the build fetches a newer server");
    server = EmbeddedDatabase.open(EmbeddedDatabase.Options.defaults().of(PgBinaries.newer()));
    Databases.fill(server, "parsec");
    source = Databases.uri(server.uri("parsec"));
  }

  @AfterAll
  static void stop() {
    if (server != null) {
      server.close();
    }
  }

  @Test
  void anOlderPgDumpIsRefusedBeforeItStarts() throws IOException {
    Path bin = FakeTools.in(folder.resolve("bin"), "echo 'pg_dump (PostgreSQL) 15.18'");
    String message = failure(bin);
    assertTrue(message.contains("The server is PostgreSQL 17"), message);
    assertTrue(message.contains("15.18 in " + bin), message);
  }

  @Test
  void anOlderPgDumpThatClaimsToBeNewerRefusesTheServer() throws IOException {
    PgTools.Tools real = Databases.tools();
    assumeTrue(real.major() < 17, "this machine's pg_dump is new enough");
    Path bin =
        FakeTools.in(
            folder.resolve("bin"),
            """
            [ "$1" = --version ] && echo 'pg_dump (PostgreSQL) 17.6' && exit
            format=$1; shift 2
            exec '%s' "$format" "$@"
            """
                .formatted(real.pgDump()));
    String message = failure(bin);
    assertTrue(message.contains("pg_dump is older than the server, PostgreSQL 17."), message);
  }

  @Test
  void stillReportsItsFacts() {
    try (DatabaseSnapshot snapshot = DatabaseSnapshot.open(source)) {
      assertEquals(17, snapshot.server().version().major());
      assertTrue(snapshot.server().systemIdentifier().isPresent());
    }
  }

  private String failure(Path bin) {
    DatabaseDumper dumper =
        new DatabaseDumper(
            DumpSettings.of(DumpFormat.CUSTOM, "auto", Databases.PATIENT),
            () -> PgTools.find(Optional.of(bin), Map.of()),
            Encryption.none());
    Path file = folder.resolve("database.dump");
    try (DatabaseSnapshot snapshot = DatabaseSnapshot.open(source)) {
      String message =
          Failures.message(
              Problem.Kind.DATABASE,
              () -> dumper.dump(snapshot, source, file, bytes -> {}, new Cancellation()));
      assertFalse(Files.exists(file));
      return message;
    }
  }
}
