package io.parsecbackup.postgres.connection;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.parsecbackup.testing.EmbeddedDatabase;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** One URI connects the JDBC driver, {@code psql} and {@code pg_dump} to the same server. */
@Timeout(120)
class DatabaseConnectionTest {

  private static final String ODD = "a:/?#[]@!$&'()*+,;= %\"\\é✓";
  private static final String WHO = "SELECT current_user || '|' || current_database()";

  private static EmbeddedDatabase server;

  @BeforeAll
  static void start() {
    server = EmbeddedDatabase.open();
    server.createRole("odd@role", ODD);
    server.createDatabase("odd / base?");
    server.execute("odd / base?", "CREATE TABLE kept AS SELECT 7 AS i");
    server.execute("odd / base?", "GRANT SELECT ON kept TO \"odd@role\"");
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static DatabaseUri parse(String authority, String path) {
    String credentials = "odd%40role:" + PercentEncoding.encode(ODD);
    return DatabaseUri.parse("postgresql://" + credentials + "@" + authority + path, Map.of());
  }

  private static String here() {
    return "127.0.0.1:" + server.port();
  }

  private static Connection connect(DatabaseUri uri) throws SQLException {
    JdbcTarget target = uri.jdbc();
    return DriverManager.getConnection(target.url(), target.properties());
  }

  private static String single(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      rows.next();
      return String.valueOf(rows.getString(1));
    }
  }

  private static String run(LibpqTarget target, String... command) throws Exception {
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.command().addAll(List.of("--no-password", "--dbname", target.uri()));
    // Variables that would connect elsewhere if they were not removed.
    builder.environment().put("PGHOSTADDR", "192.0.2.1");
    builder.environment().put("PGOPTIONS", "-c nonsense");
    target.applyTo(builder.environment());
    Process process = builder.redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertEquals(0, process.waitFor(), output);
    return output.strip();
  }

  private static void assertReaches(DatabaseUri uri) throws Exception {
    try (Connection connection = connect(uri)) {
      assertEquals("odd@role|odd / base?", single(connection, WHO));
      LibpqTarget pinned = uri.libpq(uri.reached(connection));
      assertEquals("odd@role|odd / base?", run(pinned, "psql", "-XAtc", WHO));
      assertTrue(run(pinned, "pg_dump").contains("CREATE TABLE public.kept"));
    }
    assertEquals("odd@role|odd / base?", run(uri.libpq(), "psql", "-XAtc", WHO));
  }

  @Test
  void throughTcpWithAnOddPassword() throws Exception {
    assertReaches(parse(here(), "/odd%20%2F%20base%3F"));
  }

  /** PostgreSQL's programs read such a file on their own. */
  @Test
  void usesTheSourcesPasswordFileForTheSourceOnly(@TempDir Path home) throws Exception {
    server.createRole("plain", "s3cret");
    Path file = Files.writeString(home.resolve(".pgpass"), "*:*:*:plain:s3cret\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    String uri = "postgresql://plain@" + here() + "/postgres";
    Map<String, String> environment = Map.of("HOME", home.toString());

    assertEquals("0 plain", psql(DatabaseUri.parse(uri, environment).libpq(), home));
    String refused = psql(DatabaseUri.parseTarget("--database", uri, environment).libpq(), home);
    assertTrue(refused.startsWith("2 ") && refused.contains("no password supplied"), refused);
    String named = uri + "?passfile=" + file;
    DatabaseUri target = DatabaseUri.parseTarget("--database", named, environment);
    assertEquals("0 plain", psql(target.libpq(), home));
    try (Connection connection = connect(target)) {
      assertEquals("plain", single(connection, "SELECT current_user"));
    }
  }

  private static String psql(LibpqTarget target, Path home) throws Exception {
    ProcessBuilder builder =
        new ProcessBuilder("psql", "-wXAtc", "SELECT current_user", "--dbname", target.uri());
    target.applyTo(builder.environment());
    builder.environment().put("HOME", home.toString());
    Process process = builder.redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), UTF_8);
    return process.waitFor() + " " + output.strip();
  }

  @Test
  void throughASocketDirectoryAsHost() throws Exception {
    String directory = PercentEncoding.encode(server.socketDirectory().toString());
    assertReaches(parse(directory + ":" + server.port(), "/odd%20%2F%20base%3F"));
  }

  @Test
  void throughASocketDirectoryAsParameter() throws Exception {
    assertReaches(
        parse(
            "",
            "/odd%20%2F%20base%3F?sslmode=require&host="
                + server.socketDirectory()
                + "&port="
                + server.port()));
  }

  @Test
  void throughTheSecondOfTwoHosts() throws Exception {
    String dead;
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      dead = "127.0.0.1:" + taken.getLocalPort();
    }
    DatabaseUri uri = parse(dead + "," + here(), "/odd%20%2F%20base%3F");
    assertReaches(uri);
    try (Connection connection = connect(uri)) {
      assertEquals(new Host("127.0.0.1", server.port()), uri.reached(connection));
    }
  }

  @Test
  void throughAnIpv6Address() throws Exception {
    assumeTrue(hasIpv6(), "This machine has no ::1");
    try (EmbeddedDatabase six =
        EmbeddedDatabase.open(EmbeddedDatabase.Options.defaults().with("listen_addresses", "*"))) {
      DatabaseUri read =
          DatabaseUri.parse(
              "postgresql://postgres:%s@[::1]:%d/postgres"
                  .formatted(PercentEncoding.encode(six.password()), six.port()),
              Map.of());
      try (Connection connection = connect(read)) {
        assertEquals("postgres", single(connection, "SELECT current_user"));
        assertEquals(new Host("::1", six.port()), read.reached(connection));
      }
    }
  }

  private static boolean hasIpv6() {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getAllByName("::1")[0])) {
      return socket.isBound();
    } catch (IOException none) {
      return false;
    }
  }

  @Test
  void passesOptionsAndNameToDriverAndPrograms() throws Exception {
    DatabaseUri uri =
        parse(here(), "/postgres?options=-c%20statement_timeout%3D1234&application_name=a%20%26b");
    String sql =
        "SELECT current_setting('statement_timeout') || current_setting('application_name')";
    try (Connection connection = connect(uri)) {
      assertEquals("1234msa &b", single(connection, sql));
    }
    assertEquals("1234msa &b", run(uri.libpq(), "psql", "-XAtc", sql));
  }

  @Test
  void cancelsAStatementThroughTheSocket() throws Exception {
    String directory = PercentEncoding.encode(server.socketDirectory().toString());
    DatabaseUri uri = parse(directory + ":" + server.port(), "/postgres");
    try (Connection connection = connect(uri);
        Statement statement = connection.createStatement()) {
      statement.setQueryTimeout(1);
      SQLException cancelled =
          assertThrows(SQLException.class, () -> statement.execute("SELECT pg_sleep(60)"));
      assertEquals("57014", cancelled.getSQLState());
      assertEquals("1", single(connection, "SELECT 1"));
    }
  }

  @Test
  void endsAWaitingStatementWhenTheConnectionIsAborted() throws Exception {
    String directory = PercentEncoding.encode(server.socketDirectory().toString());
    DatabaseUri uri = parse(directory + ":" + server.port(), "/postgres");
    try (Connection connection = connect(uri)) {
      CompletableFuture<Boolean> waiting =
          CompletableFuture.supplyAsync(() -> {
            try {
              single(connection, "SELECT pg_sleep(60)");
              return false;
            } catch (SQLException aborted) {
              return true;
            }
          });
      connection.abort(Runnable::run);
      assertTrue(waiting.get());
      assertTrue(connection.isClosed());
    }
  }

  @Test
  void readsMoreThanABufferThroughTheSocket() throws Exception {
    String directory = PercentEncoding.encode(server.socketDirectory().toString());
    try (Connection connection = connect(parse(directory + ":" + server.port(), "/postgres"))) {
      assertEquals(5_000_000, single(connection, "SELECT repeat('x', 5000000)").length());
    }
  }

  @Test
  void showsNoPasswordWhenALoginIsRefused() throws IOException {
    DatabaseUri uri =
        DatabaseUri.parse("postgresql://postgres:s3cret@" + here() + "/postgres", Map.of());
    SQLException refused = assertThrows(SQLException.class, () -> connect(uri).close());
    assertEquals("28P01", refused.getSQLState());
    assertFalse(String.valueOf(refused.getMessage()).contains("s3cret"));
  }
}
