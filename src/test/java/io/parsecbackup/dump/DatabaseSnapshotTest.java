package io.parsecbackup.dump;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parsecbackup.Cancellation;
import io.parsecbackup.Problem;
import io.parsecbackup.dump.archive.DumpFormat;
import io.parsecbackup.dump.restore.Databases;
import io.parsecbackup.postgres.PgVersion;
import io.parsecbackup.postgres.ServerSession;
import io.parsecbackup.postgres.connection.DatabaseUri;
import io.parsecbackup.postgres.connection.Host;
import io.parsecbackup.testing.EmbeddedDatabase;
import io.parsecbackup.testing.TcpRelay;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class DatabaseSnapshotTest {

  @TempDir Path folder;
  private static EmbeddedDatabase server;

  @BeforeAll
  static void start() {
    server = EmbeddedDatabase.open();
    Databases.fill(server, "parsec");
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @Test
  void reportsTheFactsOfTheDatabase() throws SQLException {
    Instant before = serverTime();
    try (DatabaseSnapshot snapshot = DatabaseSnapshot.open(Databases.uri(server.uri("parsec")))) {
      Instant after = serverTime();
      ServerFacts facts = snapshot.server();
      DatabaseFacts database = snapshot.database();
      PgVersion version = facts.version();
      assertTrue(version.text().matches("\\d+\\.\\d+"), version::toString);
      assertEquals(version.major(), Integer.parseInt(single("SHOW server_version_num")) / 10_000);
      assertEquals("parsec", database.name());
      assertEquals(Optional.of("UTF8"), database.encoding());
      assertEquals(
          Optional.of(single("SELECT datcollate FROM pg_database LIMIT 1")), database.collate());
      assertEquals(
          Optional.of(single("SELECT system_identifier FROM pg_control_system()")),
          facts.systemIdentifier());
      assertEquals(OptionalInt.of(24), database.parsecMigration());
      assertFalse(snapshot.facts().snapshotAt().isBefore(before));
      assertFalse(snapshot.facts().snapshotAt().isAfter(after));
      assertEquals(new Host("127.0.0.1", server.port()), facts.host());
    }
  }

  @Test
  void waitsForALockedTableUntilTheLimit() throws SQLException {
    DatabaseUri uri = Databases.uri(server.uri("parsec"));
    try (Connection other = server.connect("parsec");
        Statement statement = other.createStatement()) {
      other.setAutoCommit(false);
      statement.execute("LOCK TABLE migration IN ACCESS EXCLUSIVE MODE");
      String message =
          Failures.message(
              Problem.Kind.DATABASE,
              () -> DatabaseSnapshot.open(uri, Duration.ofMillis(200), new Cancellation()).close());
      assertTrue(message.contains("parsec.backup.dump.lock-wait-timeout"), message);
    }
  }

  @Test
  @Timeout(30)
  void aCancellationEndsAQueryThatWaits() throws Exception {
    DatabaseUri uri = Databases.uri(server.uri("parsec"));
    Cancellation cancellation = new Cancellation();
    try (Connection other = server.connect("parsec");
        Statement statement = other.createStatement()) {
      other.setAutoCommit(false);
      statement.execute("LOCK TABLE migration IN ACCESS EXCLUSIVE MODE");
      Thread canceller =
          Thread.ofVirtual()
              .start(() -> {
                await().until(() -> waiting() > 0);
                cancellation.cancel("enough");
              });
      Failures.message(
          Problem.Kind.CANCELLED,
          () -> DatabaseSnapshot.open(uri, Duration.ofMinutes(5), cancellation).close());
      canceller.join();
      assertFalse(Thread.currentThread().isInterrupted());
    }
  }

  private static int waiting() throws SQLException {
    return Integer.parseInt(single("SELECT count(*) FROM pg_locks WHERE NOT granted"));
  }

  /** The server's process is stopped, not ended: its socket stays open and says nothing. */
  @Test
  @Timeout(60)
  void closesTheConnectionToASilentServer() throws Exception {
    String backend;
    long start;
    try (DatabaseSnapshot snapshot = DatabaseSnapshot.open(Databases.uri(server.uri("parsec")));
        Statement statement = snapshot.connection().createStatement();
        ResultSet row = statement.executeQuery("SELECT pg_backend_pid()")) {
      row.next();
      backend = row.getString(1);
      assertEquals(0, new ProcessBuilder("kill", "-STOP", backend).start().waitFor());
      start = System.nanoTime();
    }
    Duration took = Duration.ofNanos(System.nanoTime() - start);
    assertEquals(0, new ProcessBuilder("kill", "-CONT", backend).start().waitFor());
    assertTrue(took.compareTo(Duration.ofSeconds(20)) < 0, took::toString);
  }

  @Test
  void showsNothingLaterAndLeavesNoConnection() throws SQLException {
    try (DatabaseSnapshot snapshot = DatabaseSnapshot.open(Databases.uri(server.uri("parsec")));
        Statement statement = snapshot.connection().createStatement()) {
      server.execute("parsec", "CREATE TABLE later (i int)");
      server.execute("parsec", "INSERT INTO migration VALUES (25, 'later')");
      try (ResultSet rows = statement.executeQuery("SELECT max(_id) FROM migration")) {
        rows.next();
        assertEquals(24, rows.getInt(1));
      }
    } finally {
      server.execute("parsec", "DELETE FROM migration WHERE _id = 25", "DROP TABLE later");
    }
    assertEquals("0", single("SELECT count(*) FROM pg_stat_activity WHERE datname = 'parsec'"));
  }

  @Test
  void outlivesTheTimeoutsThatTheServerSets() throws SQLException {
    server.createRole("hurried", "x");
    server.execute(
        "postgres",
        "GRANT pg_read_all_data TO hurried",
        "ALTER ROLE hurried SET idle_in_transaction_session_timeout = '50ms'",
        "ALTER ROLE hurried SET statement_timeout = '50ms'");
    DatabaseUri uri = Databases.uri(server.uri("parsec", "hurried", "x"));
    try (DatabaseSnapshot snapshot = DatabaseSnapshot.open(uri);
        Statement statement = snapshot.connection().createStatement()) {
      assertTrue(statement.execute("SELECT pg_sleep(0.2)"));
      single("SELECT pg_sleep(0.2)");
      assertTrue(statement.execute("SELECT 1"));
    }
  }

  @Test
  void worksWithoutParsecsTables() {
    server.createDatabase("other");
    server.execute("other", "CREATE TABLE migration (version text)");
    try (DatabaseSnapshot snapshot = DatabaseSnapshot.open(Databases.uri(server.uri("other")))) {
      assertEquals(OptionalInt.empty(), snapshot.database().parsecMigration());
    }
  }

  @Test
  void worksWithoutTheSystemIdentifierIfItIsRefused() {
    server.createDatabase("hosted");
    server.createRole("guest", "x");
    server.execute("hosted", "REVOKE EXECUTE ON FUNCTION pg_control_system() FROM PUBLIC");
    DatabaseUri uri = Databases.uri(server.uri("hosted", "guest", "x"));
    try (DatabaseSnapshot snapshot = DatabaseSnapshot.open(uri)) {
      assertEquals(Optional.empty(), snapshot.server().systemIdentifier());
    }
  }

  @Test
  void reportsARefusedLoginWithoutThePassword() {
    String message = refusal(server.uri("parsec", "postgres", "wr0ng pass"));
    assertTrue(message.contains("refused the login"), message);
    assertTrue(message.contains("postgres@127.0.0.1"), message);
    assertFalse(message.contains("wr0ng"), message);
  }

  /** As the Parsec server's driver accepts them; none of them makes a dump fail. */
  @Test
  void acceptsTheSettingsThatTheServerAccepts() throws Exception {
    server.execute("parsec", "CREATE SCHEMA IF NOT EXISTS \"a b\"");
    DatabaseUri uri =
        Databases.uri(
            server.uri("parsec")
                + "?search_path=%22a+b%22,public&statement_timeout=2000&jit=off&lock_timeout=3s"
                + "&timezone=Asia/Tokyo&default_transaction_isolation=serializable"
                + "&idle_in_transaction_session_timeout=1");
    try (DatabaseSnapshot snapshot = DatabaseSnapshot.open(uri);
        Statement statement = snapshot.connection().createStatement()) {
      Dump dump =
          Databases.dumper(DumpFormat.CUSTOM, "auto", Databases.PATIENT)
              .dump(snapshot, uri, folder.resolve("dump"), bytes -> {}, new Cancellation());
      assertTrue(dump.bytes() > 0);
      try (ResultSet row =
          statement.executeQuery(
              "SELECT array_to_string(current_schemas(false), '|'), current_setting('jit')")) {
        row.next();
        assertEquals("a b|public", row.getString(1));
        assertEquals("off", row.getString(2));
      }
    }
    String unknown = refusal(server.uri("parsec") + "?serach_path=x");
    assertTrue(unknown.contains("refused a setting"), unknown);
    assertTrue(unknown.contains("\"serach_path\""), unknown);
  }

  @Test
  void reportsAMissingPassword() {
    String uri = "postgresql://postgres@127.0.0.1:%d/parsec".formatted(server.port());
    String message = refusal(uri);
    assertTrue(message.contains("asks for a password, and none is set"), message);
    assertFalse(message.contains("cannot be reached"), message);

    // The test's server has no TLS: the driver reports that with the same SQL state.
    String other = refusal(uri + "?sslmode=require");
    assertFalse(other.contains("none is set"), other);
    assertTrue(other.contains("SSL"), other);
  }

  /** PGPASSWORD would be ignored for a target. */
  @Test
  void namesTheSettingForATargetsPassword() {
    DatabaseUri target =
        DatabaseUri.parseTarget(
            "--database",
            "postgresql://postgres@127.0.0.1:%d/parsec".formatted(server.port()),
            Map.of("PGPASSWORD", server.password()));
    String message =
        Failures.message(
            Problem.Kind.DATABASE, () -> ServerSession.open(target, new Cancellation()).close());
    assertTrue(message.contains("none is set"), message);
    assertTrue(message.contains("?passfile="), message);
  }

  @Test
  void timesOutIfTheServerFallsSilentAfterTheLogin() throws Exception {
    try (TcpRelay relay = new TcpRelay(server.port())) {
      DatabaseUri uri =
          Databases.uri(
              server.uri("parsec").replace(":" + server.port() + "/", ":" + relay.port() + "/"));
      SourceConnection.Limits limits =
          new SourceConnection.Limits(Duration.ofSeconds(1), Optional.of(Duration.ofMillis(300)));
      try (DatabaseSnapshot snapshot =
          DatabaseSnapshot.open(uri, limits, Optional.empty(), new Cancellation())) {
        relay.fallSilent();
        Problem problem = assertThrows(Problem.class, () -> ReadRights.require(snapshot));
        String message = String.valueOf(problem.getMessage());
        assertTrue(message.contains("then stopped answering"), message);
      }
    }
  }

  @Test
  void timesOutIfAQueryOfACheckTakesTooLong() throws SQLException {
    DatabaseUri uri = Databases.uri(server.uri("parsec"));
    SourceConnection.Limits limits =
        new SourceConnection.Limits(Duration.ofMinutes(1), Optional.of(Duration.ofMillis(300)));
    try (Connection other = server.connect("parsec");
        Statement statement = other.createStatement()) {
      other.setAutoCommit(false);
      statement.execute("LOCK TABLE migration IN ACCESS EXCLUSIVE MODE");
      String message =
          Failures.message(
              Problem.Kind.DATABASE,
              () ->
                  DatabaseSnapshot.open(uri, limits, Optional.empty(), new Cancellation()).close());
      assertTrue(message.contains("took too long for a query"), message);
    }
  }

  @Test
  void reportsAMissingDatabase() {
    String message = refusal(server.uri("nowhere"));
    assertTrue(message.contains("The database does not exist"), message);
    assertTrue(message.contains("\"nowhere\""), message);
    assertFalse(message.contains(server.password()), message);
  }

  @Test
  void reportsAnUnreachableServer() throws IOException {
    int closed;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      closed = socket.getLocalPort();
    }
    String message = refusal("postgresql://u:hush@127.0.0.1:" + closed + "/d");
    assertTrue(message.contains("cannot be reached"), message);
    assertTrue(message.contains("127.0.0.1:" + closed), message);
    assertFalse(message.contains("hush"), message);
    String unknown = refusal("postgresql://u:hush@no-such-host.invalid/d");
    assertTrue(unknown.contains("cannot be reached"), unknown);
    assertTrue(unknown.contains("no-such-host.invalid"), unknown);
  }

  @Test
  void reportsThatNoConnectionIsLeft() {
    server.createRole("single", "x");
    server.execute("postgres", "ALTER ROLE single CONNECTION LIMIT 0");
    String message = refusal(server.uri("parsec", "single", "x"));
    assertTrue(message.contains("no connection left"), message);
  }

  @Test
  void namesTheMissingGrant() {
    server.createRole("Poor", "x");
    String message = refusal(server.uri("parsec", "Poor", "x"));
    assertTrue(message.contains("GRANT pg_read_all_data TO \"Poor\""), message);
  }

  @Test
  void namesTheHostThatAnswered() {
    String uri = server.uri("parsec").replace("@127.0.0.1", "@localhost:1,127.0.0.1");
    try (DatabaseSnapshot snapshot = DatabaseSnapshot.open(Databases.uri(uri))) {
      assertEquals(new Host("127.0.0.1", server.port()), snapshot.server().host());
    }
  }

  @Test
  void closesWithoutComplaintAfterTheServerIsGone() {
    long start;
    try (DatabaseSnapshot snapshot = DatabaseSnapshot.open(Databases.uri(server.uri()))) {
      assertFalse(snapshot.id().isEmpty());
      server.kill();
      start = System.nanoTime();
    }
    Duration took = Duration.ofNanos(System.nanoTime() - start);
    server.start();
    assertTrue(took.toSeconds() < 5);
  }

  private static String refusal(String uri) {
    return Failures.message(
        Problem.Kind.DATABASE, () -> DatabaseSnapshot.open(Databases.uri(uri)).close());
  }

  private static Instant serverTime() throws SQLException {
    return Instant.parse(
        single(
            "SELECT to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')"));
  }

  private static String single(String sql) throws SQLException {
    try (Connection connection = server.connect("postgres");
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      rows.next();
      return String.valueOf(rows.getString(1));
    }
  }
}
