package io.parsecbackup.postgres;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import io.parsecbackup.postgres.CommitHorizon.Patience;
import io.parsecbackup.testing.EmbeddedDatabase;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A snapshot that is taken after the wait shows every commit up to the instant. {@code StandbyTest}
 * has the same for a standby.
 */
@Timeout(120)
class CommitHorizonTest {

  private static final Patience NONE_NEEDED = () -> fail("it waits, although nothing is open");
  private static final Patience AT_AN_END = () -> false;

  private static EmbeddedDatabase server;

  /** A session that sets synchronous_commit waits at its commit for a standby that never comes. */
  @BeforeAll
  static void start() {
    server =
        EmbeddedDatabase.open(
            EmbeddedDatabase.Options.defaults()
                // Its transactions would be open too.
                .with("autovacuum", "off")
                .with("synchronous_standby_names", "nobody")
                .with("synchronous_commit", "local")
                .with("track_commit_timestamp", "on")
                .with("max_prepared_transactions", "2"));
    server.createDatabase("other");
    server.createDatabase("parsec");
    server.execute("parsec", "CREATE TABLE block (i int)");
    server.createRole("reader", "reader");
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static Connection connect() throws SQLException {
    return server.connect("parsec");
  }

  private static <T> T single(Connection connection, String sql, Class<T> type)
      throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      row.next();
      return row.getObject(1, type);
    }
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static long rows(Connection connection, int number) throws SQLException {
    return single(connection, "SELECT count(*) FROM block WHERE i = " + number, Long.class);
  }

  @Test
  void isTheClockIfNothingIsOpen() throws SQLException {
    try (Connection session = connect()) {
      Instant before = now(session);
      CommitHorizon horizon = CommitHorizon.await(session, NONE_NEEDED);
      assertFalse(horizon.at().orElseThrow().isBefore(before));
      assertFalse(horizon.at().orElseThrow().isAfter(now(session)));
      assertEquals(Optional.empty(), horizon.warning());
    }
  }

  private static Instant now(Connection session) throws SQLException {
    return single(session, "SELECT clock_timestamp()", OffsetDateTime.class).toInstant();
  }

  /** Between its commit time and the moment in which snapshots show it, a commit may take long. */
  @Test
  void waitsForACommitThatHasItsTimeAlready() throws Exception {
    try (Connection writer = connect();
        Connection session = connect()) {
      execute(writer, "SET synchronous_commit = on");
      int pid = single(writer, "SELECT pg_backend_pid()", Integer.class);
      CompletableFuture<Void> commit =
          CompletableFuture.runAsync(() -> {
            try {
              execute(writer, "INSERT INTO block VALUES (1)");
            } catch (SQLException e) {
              throw new IllegalStateException(e);
            }
          });
      await()
          .until(() ->
              single(
                  session,
                  "SELECT wait_event = 'SyncRep' IS TRUE FROM pg_stat_activity WHERE pid = " + pid,
                  Boolean.class));
      Instant clock = now(session);
      assertEquals(0, rows(session, 1));
      CommitHorizon horizon =
          CommitHorizon.await(
              session,
              () -> {
                server.execute("parsec", "SELECT pg_cancel_backend(%d)".formatted(pid));
                commit.join();
                return true;
              });
      assertEquals(1, rows(session, 1));
      Instant committed =
          single(
                  session,
                  "SELECT pg_xact_commit_timestamp(xmin) FROM block WHERE i = 1",
                  OffsetDateTime.class)
              .toInstant();
      // The clock alone would promise this commit.
      assertTrue(committed.isBefore(clock), () -> committed + " " + clock);
      assertTrue(committed.isBefore(horizon.at().orElseThrow()));
      assertEquals(Optional.empty(), horizon.warning());
    }
  }

  @Test
  void isTheStartOfTheOldestTransactionThatStaysOpen() throws SQLException {
    try (Connection writer = connect();
        Connection session = connect()) {
      Instant before = now(session);
      writer.setAutoCommit(false);
      execute(writer, "INSERT INTO block VALUES (2)");
      Instant after = now(session);
      CommitHorizon horizon = CommitHorizon.await(session, AT_AN_END);
      Instant at = horizon.at().orElseThrow();
      assertFalse(at.isBefore(before));
      assertFalse(at.isAfter(after));
      assertTrue(
          horizon
              .warning()
              .orElseThrow()
              .contains("open since " + CommitHorizon.recoveryTarget(at)));
      writer.rollback();
    }
  }

  @Test
  void isNotKnownIfTheRoleCannotSeeTheStart() throws SQLException {
    try (Connection writer = connect();
        Connection session =
            DriverManager.getConnection(server.jdbc("parsec", "reader", "reader"))) {
      writer.setAutoCommit(false);
      execute(writer, "INSERT INTO block VALUES (3)");
      CommitHorizon horizon = CommitHorizon.await(session, AT_AN_END);
      assertEquals(Optional.empty(), horizon.at());
      assertTrue(horizon.warning().orElseThrow().contains("pg_read_all_stats"));
      writer.rollback();
    }
  }

  @Test
  void waitsForAPreparedTransaction() throws SQLException {
    try (Connection writer = connect();
        Connection session = connect()) {
      writer.setAutoCommit(false);
      execute(writer, "INSERT INTO block VALUES (4)");
      execute(writer, "PREPARE TRANSACTION 'two-phase'");
      writer.setAutoCommit(true);
      CommitHorizon early = CommitHorizon.await(session, AT_AN_END);
      assertEquals(
          single(session, "SELECT prepared FROM pg_prepared_xacts", OffsetDateTime.class)
              .toInstant(),
          early.at().orElseThrow());
      CommitHorizon late =
          CommitHorizon.await(
              session,
              () -> {
                server.execute("parsec", "COMMIT PREPARED 'two-phase'");
                return true;
              });
      assertEquals(1, rows(session, 4));
      assertEquals(Optional.empty(), late.warning());
    }
  }

  @Test
  void doesNotWaitForOtherDatabasesOrReaders() throws SQLException {
    try (Connection other = server.connect("other");
        Connection reader = connect();
        Connection session = connect()) {
      other.setAutoCommit(false);
      execute(other, "CREATE TABLE t (i int)");
      reader.setAutoCommit(false);
      assertEquals(0, rows(reader, -1));
      CommitHorizon horizon = CommitHorizon.await(session, NONE_NEEDED);
      assertEquals(Optional.empty(), horizon.warning());
      other.rollback();
    }
  }

  @Test
  void isWrittenAsARecoveryTarget() {
    assertEquals(
        "2026-11-30 22:49:59.178644+00",
        CommitHorizon.recoveryTarget(Instant.parse("2026-11-30T22:49:59.178644999Z")));
    assertEquals(
        "2026-01-02 03:04:05.000000+00",
        CommitHorizon.recoveryTarget(Instant.parse("2026-01-02T03:04:05Z")));
  }

  @Test
  void givesUpAfterTheLimit() {
    Patience patience = Patience.of(Duration.ZERO);
    assertFalse(patience.pause());
    assertTrue(Patience.of(Duration.ofMinutes(5)).pause());
  }
}
