package io.parsecbackup.postgres;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.parsecbackup.Cancellation;
import io.parsecbackup.Problem;
import io.parsecbackup.dump.DatabaseSnapshot;
import io.parsecbackup.dump.Failures;
import io.parsecbackup.dump.restore.Databases;
import io.parsecbackup.postgres.connection.DatabaseUri;
import io.parsecbackup.testing.EmbeddedDatabase;
import io.parsecbackup.testing.FakePooler;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Behind a pooler, a backup's settings and its snapshot would reach other clients. */
@Timeout(60)
class PoolerCheckTest {

  private static final Path PGBOUNCER = Path.of("/usr/sbin/pgbouncer");

  private static EmbeddedDatabase server;
  @TempDir Path folder;

  @BeforeAll
  static void start() {
    server = EmbeddedDatabase.open();
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static DatabaseUri at(int port) {
    return Databases.uri(server.uri().replace(":" + server.port(), ":" + port));
  }

  @Test
  void refusesAPoolerBeforeAnythingIsSet() {
    try (FakePooler pooler = FakePooler.before(server.port())) {
      String message =
          Failures.message(
              Problem.Kind.DATABASE, () -> DatabaseSnapshot.open(at(pooler.port())).close());
      assertTrue(message.contains("Name the PostgreSQL server itself"), message);
      assertNothingSet(pooler);
    }
  }

  @Test
  void refusesAPoolerForARestoreToo() {
    try (FakePooler pooler = FakePooler.before(server.port())) {
      String message =
          Failures.message(
              Problem.Kind.DATABASE,
              () -> ServerSession.open(at(pooler.port()), new Cancellation()).close());
      assertTrue(message.contains("Name the PostgreSQL server itself"), message);
      assertNothingSet(pooler);
    }
  }

  /** This includes the statements that the driver sends by itself. */
  private static void assertNothingSet(FakePooler pooler) {
    List<String> statements = pooler.statements();
    assertTrue(statements.contains("SELECT pg_backend_pid()"), statements::toString);
    assertFalse(
        statements.stream()
            .map(statement -> statement.toLowerCase(Locale.ROOT))
            .anyMatch(statement ->
                statement.startsWith("set ")
                    || statement.contains("set_config")
                    || statement.contains("pg_export_snapshot")),
        statements::toString);
  }

  @Test
  void acceptsADirectConnection() {
    try (DatabaseSnapshot snapshot = DatabaseSnapshot.open(at(server.port()))) {
      assertFalse(snapshot.id().isEmpty());
    }
  }

  @ParameterizedTest
  @CsvSource({
    "transaction, extra_float_digits",
    "session, extra_float_digits",
    // Without this setting the pooler does not accept the driver's login at all.
    "transaction, ''",
  })
  void refusesARealPooler(String mode, String ignored) throws Exception {
    assumeTrue(Files.isExecutable(PGBOUNCER), "pgbouncer is not installed");
    int port = freePort();
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    Path users = folder.resolve("users.txt");
    Files.writeString(users, "\"postgres\" \"%s\"\n".formatted(server.password()));
    Path config = folder.resolve("pgbouncer.ini");
    Files.writeString(
        config,
        """
        [databases]
        * = host=127.0.0.1 port=%d
        [pgbouncer]
        listen_addr = 127.0.0.1
        listen_port = %d
        unix_socket_dir =
        auth_type = plain
        auth_file = %s
        pool_mode = %s
        ignore_startup_parameters = %s
        """
            .formatted(server.port(), port, users, mode, ignored));
    ProcessBuilder builder = new ProcessBuilder(PGBOUNCER.toString(), config.toString());
    if (System.getProperty("user.name").equals("root")) {
      // pgbouncer refuses to run as root.
      builder.command(PGBOUNCER.toString(), "--user=nobody", config.toString());
    }
    Process pgbouncer =
        builder.redirectErrorStream(true).redirectOutput(folder.resolve("log").toFile()).start();
    try {
      Awaitility.await()
          .pollInterval(Duration.ofMillis(20))
          .atMost(Duration.ofSeconds(20))
          .until(() -> Files.readString(folder.resolve("log")).contains("process up"));
      String message =
          Failures.message(Problem.Kind.DATABASE, () -> DatabaseSnapshot.open(at(port)).close());
      assertTrue(message.contains("Name the PostgreSQL server itself"), message);
      assertEquals(Optional.empty(), Optional.of(message).filter(m -> m.contains("password")));
    } finally {
      pgbouncer.destroy();
      pgbouncer.waitFor();
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
