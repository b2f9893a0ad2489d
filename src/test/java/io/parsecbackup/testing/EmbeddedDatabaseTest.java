package io.parsecbackup.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedDatabaseTest {

  @TempDir Path folder;

  @Test
  void survivesAStopAndAKillOnTheSamePort() throws SQLException {
    try (EmbeddedDatabase database =
        EmbeddedDatabase.open(EmbeddedDatabase.Options.defaults().in(folder).asDurable())) {
      database.createDatabase("Straße");
      database.execute("Straße", "CREATE TABLE t (i int)", "INSERT INTO t VALUES (7)");
      database.stop();
      assertThrows(SQLException.class, () -> database.connect("Straße").close());
      database.start();
      assertEquals("7", single(database.jdbc("Straße"), "SELECT i FROM t"));
      try (Connection open = database.connect("Straße")) {
        database.kill();
        assertThrows(SQLException.class, () -> open.createStatement().execute("SELECT 1"));
      }
      database.start();
      assertEquals("7", single(database.jdbc("Straße"), "SELECT i FROM t"));
    }
  }

  @Test
  void asksEveryRoleForItsPassword() throws SQLException {
    try (EmbeddedDatabase database = EmbeddedDatabase.open()) {
      database.createRole("reader", "it's:me");
      String url = "jdbc:postgresql://127.0.0.1:%d/postgres".formatted(database.port());
      try (Connection reader = DriverManager.getConnection(url, "reader", "it's:me")) {
        assertFalse(reader.isClosed());
      }
      assertThrows(
          SQLException.class, () -> DriverManager.getConnection(url, "reader", "wrong").close());
      assertEquals("scram-sha-256", single(database.jdbc("postgres"), "SHOW password_encryption"));
      assertTrue(Files.exists(database.socketDirectory().resolve(".s.PGSQL." + database.port())));
      assertFalse(database.toString().contains(database.password()));
    }
  }

  @Test
  void runsANewerMajorVersionToo() throws SQLException {
    try (EmbeddedDatabase database =
        EmbeddedDatabase.open(EmbeddedDatabase.Options.defaults().of(PgBinaries.newer()))) {
      assertEquals("17", single(database.jdbc("postgres"), "SHOW server_version").substring(0, 2));
    }
  }

  @Test
  void leavesNothingBehind() {
    EmbeddedDatabase database =
        EmbeddedDatabase.open(EmbeddedDatabase.Options.defaults().in(folder));
    Path sockets = database.socketDirectory();
    database.close();
    assertFalse(Files.exists(sockets));
    assertEquals(0, folder.toFile().list().length);
  }

  private static String single(String jdbc, String sql) throws SQLException {
    try (Connection connection = DriverManager.getConnection(jdbc);
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      rows.next();
      return rows.getString(1);
    }
  }
}
