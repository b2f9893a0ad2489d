package io.parsecbackup.postgres;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import io.parsecbackup.Problem;
import io.parsecbackup.dump.DatabaseSnapshot;
import io.parsecbackup.dump.SnapshotFacts;
import io.parsecbackup.dump.archive.DumpFormat;
import io.parsecbackup.dump.restore.Databases;
import io.parsecbackup.postgres.connection.DatabaseUri;
import io.parsecbackup.testing.EmbeddedDatabase;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A real standby: its data is as old as the last transaction that it has replayed. */
@Timeout(120)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class StandbyTest {

  @TempDir Path folder;
  private static EmbeddedDatabase primary;
  private static EmbeddedDatabase standby;

  @BeforeAll
  static void start() {
    primary = EmbeddedDatabase.open();
    Databases.fill(primary, "parsec");
    standby = primary.standby();
  }

  @AfterAll
  static void stop() {
    standby.close();
    primary.close();
  }

  private static SnapshotFacts facts() {
    try (DatabaseSnapshot snapshot = DatabaseSnapshot.open(Databases.uri(standby.uri("parsec")))) {
      return snapshot.facts();
    }
  }

  private static <T> T single(EmbeddedDatabase server, String sql, Class<T> type)
      throws SQLException {
    try (Connection connection = server.connect("parsec");
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      row.next();
      return row.getObject(1, type);
    }
  }

  /** Writes a row, and waits until the standby shows it. */
  private static void replicate(int number) {
    primary.execute("parsec", "INSERT INTO migration VALUES (%d, 'n%1$d')".formatted(number));
    await()
        .pollInterval(Duration.ofMillis(20))
        .atMost(Duration.ofSeconds(30))
        .until(() ->
            single(standby, "SELECT count(*) FROM migration WHERE _id = " + number, Long.class)
                == 1);
  }

  @Test
  @Order(1)
  void isDatedByItsPrimarysLastMessageWhileItHasCaughtUp() throws Exception {
    replicate(30);
    Instant before = Instant.now();
    // Between a message and its replay, the standby has not caught up.
    SnapshotFacts facts =
        await().atMost(Duration.ofSeconds(30)).until(() -> facts(), f -> state(f).caughtUp());
    assertEquals(Duration.ZERO, state(facts).lag());
    Duration age = Duration.between(facts.snapshotAt(), before);
    assertTrue(age.compareTo(Duration.ofSeconds(31)) < 0, age::toString);
    assertFalse(facts.snapshotAt().isAfter(Instant.now()));
    Instant covered = horizon();
    assertTrue(covered.isAfter(before.minus(CommitHorizon.STANDBY_MARGIN).minusSeconds(31)));
    assertFalse(covered.isAfter(Instant.now().minus(CommitHorizon.STANDBY_MARGIN)));
    Path dump =
        Databases.dump(
            Databases.uri(standby.uri("parsec")), DumpFormat.CUSTOM, folder.resolve("dump"));
    assertTrue(Files.size(dump) > 0);
  }

  @Test
  @Order(2)
  void isDatedByTheLastReplayedTransactionWhileReplayIsPaused() throws SQLException {
    replicate(31);
    Instant replayed = lastReplayed();
    standby.execute("postgres", "SELECT pg_wal_replay_pause()");
    await().until(() -> single(standby, "SELECT pg_is_wal_replay_paused()", Boolean.class));
    primary.execute("parsec", "INSERT INTO migration VALUES (32, 'not replayed')");
    SnapshotFacts facts = facts();
    assertFalse(state(facts).caughtUp());
    assertTrue(state(facts).paused());
    assertEquals(replayed, facts.snapshotAt());
    assertEquals(replayed.minus(CommitHorizon.STANDBY_MARGIN), horizon());
    assertTrue(state(facts).remedy().contains("pg_wal_replay_resume()"));
    standby.execute("postgres", "SELECT pg_wal_replay_resume()");
    replicate(33);
  }

  /** Some hosted servers refuse functions that read the server's files. */
  @Test
  @Order(2)
  void isDatedByTheLastReplayedTransactionIfTheServerReportsNoMore() throws SQLException {
    primary.createRole("reader", "reader");
    primary.execute("parsec", "GRANT pg_read_all_data TO reader");
    primary.execute("parsec", "REVOKE EXECUTE ON FUNCTION pg_control_checkpoint() FROM PUBLIC");
    replicate(35);
    DatabaseUri uri = Databases.uri(standby.uri("parsec", "reader", "reader"));
    try (DatabaseSnapshot snapshot = DatabaseSnapshot.open(uri)) {
      assertFalse(state(snapshot.facts()).caughtUp());
      assertFalse(snapshot.facts().snapshotAt().isAfter(lastReplayed()));
    }
  }

  @Test
  @Order(3)
  void namesTheRemedyIfReplayMakesABackupFail() throws SQLException {
    try (DatabaseSnapshot snapshot = DatabaseSnapshot.open(Databases.uri(standby.uri("parsec")));
        Statement statement = snapshot.connection().createStatement()) {
      assertTrue(statement.execute("SELECT count(*) FROM block"));
      primary.execute("parsec", "TRUNCATE block");
      await()
          .atMost(Duration.ofSeconds(30))
          .until(() ->
              single(
                      standby,
                      "SELECT confl_lock + confl_snapshot FROM pg_stat_database_conflicts"
                          + " WHERE datname = 'parsec'",
                      Long.class)
                  > 0);
      SQLException ended =
          assertThrows(SQLException.class, () -> statement.execute("SELECT count(*) FROM block"));
      Problem problem = snapshot.meaning(ended);
      String message = String.valueOf(problem.getMessage());
      assertTrue(message.contains("hot_standby_feedback"), message);
      assertTrue(message.contains("max_standby_streaming_delay"), message);
      assertTrue(message.contains("primary"), message);
    }
  }

  @Test
  @Order(4)
  void isDatedByTheLastReplayedTransactionWithoutItsPrimary() throws SQLException {
    replicate(34);
    primary.stop();
    await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> single(standby, "SELECT count(*) FROM pg_stat_wal_receiver", Long.class) == 0);
    SnapshotFacts facts = facts();
    assertFalse(state(facts).caughtUp());
    assertEquals(lastReplayed(), facts.snapshotAt());
    assertTrue(state(facts).remedy().contains("pg_stat_wal_receiver"));
  }

  /** A standby does not show what is open on its primary, so it does not wait. */
  private static Instant horizon() throws SQLException {
    try (Connection session = standby.connect("parsec")) {
      CommitHorizon found = CommitHorizon.await(session, () -> fail("it waits on a standby"));
      assertEquals(Optional.empty(), found.warning());
      return found.at().orElseThrow();
    }
  }

  private static Standby state(SnapshotFacts facts) {
    return facts.server().standby().orElseThrow();
  }

  private static Instant lastReplayed() throws SQLException {
    return single(standby, "SELECT pg_last_xact_replay_timestamp()", OffsetDateTime.class)
        .toInstant();
  }
}
