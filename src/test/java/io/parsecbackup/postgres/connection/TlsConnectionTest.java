package io.parsecbackup.postgres.connection;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.parsecbackup.testing.EmbeddedDatabase;
import io.parsecbackup.testing.TestCertificate;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** TLS as the JDBC driver and {@code psql} see it from one URI. */
@Timeout(120)
class TlsConnectionTest {

  private static final String USES_TLS =
      "SELECT coalesce(client_dn, '-') || ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()";

  @TempDir static Path folder;
  private static EmbeddedDatabase server;

  @BeforeAll
  static void start() throws Exception {
    TestCertificate certificate = TestCertificate.make(folder, "server", "localhost");
    TestCertificate.make(folder, "other", "elsewhere");
    TestCertificate.make(folder, "client", "visitor");
    server = EmbeddedDatabase.open();
    server.encrypt(certificate);
    server.write("client-ca.crt", folder.resolve("client.crt"));
    server.execute(
        "postgres", "ALTER SYSTEM SET ssl_ca_file = 'client-ca.crt'", "SELECT pg_reload_conf()");
    Awaitility.await()
        .until(() -> {
          try (Connection connection = connect("sslmode=require" + client());
              Statement statement = connection.createStatement();
              ResultSet rows = statement.executeQuery(USES_TLS)) {
            rows.next();
            return rows.getString(1).startsWith("/CN");
          }
        });
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static DatabaseUri parse(String parameters) {
    return DatabaseUri.parse(
        "postgresql://postgres:%s@localhost:%d/postgres?%s"
            .formatted(PercentEncoding.encode(server.password()), server.port(), parameters),
        Map.of("HOME", folder.toString()));
  }

  private static Connection connect(String parameters) throws SQLException {
    JdbcTarget target = parse(parameters).jdbc();
    return DriverManager.getConnection(target.url(), target.properties());
  }

  private static String client() {
    return "&sslcert=" + folder.resolve("client.crt") + "&sslkey=" + folder.resolve("client.key");
  }

  private static int psql(String parameters, StringBuilder output) throws Exception {
    LibpqTarget target = parse(parameters).libpq();
    ProcessBuilder builder = new ProcessBuilder("psql", "-XAtwc", USES_TLS, target.uri());
    target.applyTo(builder.environment());
    builder.environment().put("HOME", folder.toString());
    Process psql = builder.redirectErrorStream(true).start();
    output.append(new String(psql.getInputStream().readAllBytes(), UTF_8).strip());
    return psql.waitFor();
  }

  private static void assertConnects(String parameters, String expected) throws Exception {
    try (Connection connection = connect(parameters);
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(USES_TLS)) {
      rows.next();
      assertEquals(expected, rows.getString(1));
    }
    StringBuilder output = new StringBuilder();
    assertEquals(0, psql(parameters, output), output::toString);
    assertEquals(expected, output.toString());
  }

  private static void assertRefuses(String parameters) throws Exception {
    assertThrows(SQLException.class, () -> connect(parameters).close());
    assertNotEquals(0, psql(parameters, new StringBuilder()));
  }

  @Test
  void isUsedUnlessDisabled() throws Exception {
    assertConnects("", "-true");
    assertConnects("sslmode=require", "-true");
    assertConnects("sslmode=disable", "-false");
  }

  @Test
  void verifiesTheServerWithTheRootCertificate() throws Exception {
    assertConnects("sslmode=verify-full&sslrootcert=" + folder.resolve("server.crt"), "-true");
    for (String mode : List.of("require", "verify-ca", "verify-full")) {
      assertRefuses("sslmode=" + mode + "&sslrootcert=" + folder.resolve("other.crt"));
    }
    assertRefuses("sslmode=verify-full&sslrootcert=" + folder.resolve("none.crt"));
  }

  @Test
  void presentsTheClientsCertificate() throws Exception {
    assertConnects("sslmode=require" + client(), "/CN=visitortrue");
    assertConnects("sslmode=require", "-true");
  }
}
