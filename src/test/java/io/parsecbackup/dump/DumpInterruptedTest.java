package io.parsecbackup.dump;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parsecbackup.Cancellation;
import io.parsecbackup.Problem;
import io.parsecbackup.dump.archive.DumpFormat;
import io.parsecbackup.dump.restore.Databases;
import io.parsecbackup.postgres.Processes;
import io.parsecbackup.postgres.connection.DatabaseUri;
import io.parsecbackup.testing.EmbeddedDatabase;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongConsumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Interrupts dumps of the real pg_dump: none of them leaves a file. */
@Timeout(120)
class DumpInterruptedTest {

  @TempDir Path folder;

  private static EmbeddedDatabase server;
  private static DatabaseUri source;

  private Path file;
  private final Cancellation cancellation = new Cancellation();

  @BeforeAll
  static void open() {
    server = EmbeddedDatabase.open();
    Databases.fill(server, "parsec");
    Databases.fill(server, "large");
    Databases.fillLarge(server, "large");
    source = Databases.uri(server.uri("parsec"));
  }

  @AfterAll
  static void close() {
    server.close();
  }

  /** Starts the server again if the previous test has killed it. */
  @BeforeEach
  void start() {
    server.start();
    file = folder.resolve("database.dump");
  }

  @AfterEach
  void nothingIsLeft() {
    assertFalse(Files.exists(file), "a dump that failed leaves no file");
    await().atMost(Duration.ofSeconds(5)).until(() -> pgDumps().isEmpty());
  }

  @Test
  void aLockThatIsHeldTooLongIsReportedWithItsHolder() throws SQLException {
    try (Connection _ = lockBlock()) {
      String message =
          Failures.message(
              Problem.Kind.DATABASE, () -> dump(Duration.ofSeconds(1), source, bytes -> {}));
      assertTrue(message.contains("held a lock on block (session "), message);
      assertTrue(message.contains("lock-wait-timeout (1000 ms)"), message);
      assertTrue(message.contains("parsec migrate"), message);
    }
  }

  @Test
  void noCommandLineContainsThePasswordAndCancellingEndsAllProcessesWithinFiveSeconds()
      throws SQLException {
    try (Connection _ = lockBlock()) {
      CompletableFuture<String> outcome = inBackground(Problem.Kind.CANCELLED);
      awaitPgDumpInTheServer();
      List<String> commandLines =
          Processes.descendants().stream().map(Processes::commandLine).toList();
      assertTrue(commandLines.stream().anyMatch(line -> line.contains("--snapshot=")));
      // Its first part needs no escape, so this finds the password in any spelling.
      String start = server.password().substring(0, 16);
      commandLines.forEach(line -> assertFalse(line.contains(start), line));
      long before = System.nanoTime();
      cancellation.cancel("test");
      assertTrue(outcome.join().contains("Cancelled: test"));
      assertTrue(Duration.ofNanos(System.nanoTime() - before).toMillis() < 5000);
      assertEquals(List.of(), pgDumps());
      // Its session ends too, although it waits for a lock: pg_dump cancels it when it gets a
      // signal.
      await().atMost(Duration.ofSeconds(5)).until(() -> waitingSessions() == 0);
    }
  }

  @Test
  void aKilledPgDumpIsReportedAsSuch() throws SQLException {
    try (Connection _ = lockBlock()) {
      CompletableFuture<String> outcome = inBackground(Problem.Kind.DATABASE);
      awaitPgDumpInTheServer();
      pgDumps().forEach(ProcessHandle::destroyForcibly);
      String message = outcome.join();
      assertTrue(message.contains("ended by signal 9"), message);
    }
  }

  @Test
  void aServerThatDiesWhilePgDumpWaitsIsReportedAsSuch() throws SQLException {
    try (Connection _ = lockBlock()) {
      CompletableFuture<String> outcome = inBackground(Problem.Kind.DATABASE);
      awaitPgDumpInTheServer();
      server.kill();
      String message = outcome.join();
      assertTrue(message.contains("ended the connection in the middle"), message);
      assertFalse(message.contains(server.password()), message);
    }
  }

  @Test
  void aServerThatDiesDuringTheTransferIsReportedAsSuch() {
    LongConsumer killer =
        bytes -> {
          if (bytes > 1_000_000) {
            server.kill();
          }
        };
    String message =
        Failures.message(Problem.Kind.DATABASE, () -> dump(Databases.PATIENT, large(), killer));
    assertTrue(message.contains("ended the connection in the middle"), message);
  }

  @Test
  void cancellingDuringTheTransferLeavesNothing() {
    LongConsumer canceller =
        bytes -> {
          if (bytes > 1_000_000) {
            cancellation.cancel("enough");
          }
        };
    String message =
        Failures.message(Problem.Kind.CANCELLED, () -> dump(Databases.PATIENT, large(), canceller));
    assertTrue(message.contains("enough"), message);
  }

  @Test
  void aLoginRefusedToPgDumpIsReportedAsSuch() {
    server.createRole("reader", "first");
    server.execute("postgres", "GRANT pg_read_all_data TO reader");
    DatabaseUri reader = Databases.uri(server.uri("parsec", "reader", "first"));
    try (DatabaseSnapshot snapshot = DatabaseSnapshot.open(reader)) {
      server.execute("postgres", "ALTER ROLE reader PASSWORD 'second'");
      String message =
          Failures.message(
              Problem.Kind.DATABASE,
              () -> dumper(Databases.PATIENT).dump(snapshot, reader, file, b -> {}, cancellation));
      assertTrue(message.contains("refused pg_dump's login as reader"), message);
      assertFalse(message.contains("first"), message);
    }
  }

  @Test
  void aMissingRightIsReportedWithItsGrant() {
    server.createRole("partial", "x");
    server.execute("parsec", "GRANT SELECT ON ALL TABLES IN SCHEMA public TO partial");
    DatabaseUri reader = Databases.uri(server.uri("parsec", "partial", "x"));
    String message =
        Failures.message(Problem.Kind.DATABASE, () -> dump(Databases.PATIENT, reader, bytes -> {}));
    assertTrue(message.contains("may not read sequence"), message);
    assertTrue(message.contains("GRANT pg_read_all_data TO \"partial\""), message);
  }

  @Test
  void aSnapshotThatIsGoneIsReportedAsSuch() throws SQLException {
    try (DatabaseSnapshot snapshot = DatabaseSnapshot.open(source)) {
      server.execute(
          "postgres",
          "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = 'parsec'");
      String message =
          Failures.message(
              Problem.Kind.DATABASE,
              () -> dumper(Databases.PATIENT).dump(snapshot, source, file, b -> {}, cancellation));
      assertTrue(message.contains("The snapshot was gone"), message);
    }
  }

  @Test
  void aKilledProgramLeavesNoPgDump() throws Exception {
    Path scratch = folder.resolve("scratch.dump");
    try (Connection _ = lockBlock()) {
      Process java =
          Processes.java(DumpUntilKilled.class, server.uri("parsec"), scratch.toString());
      awaitPgDumpInTheServer();
      List<Long> pids = java.descendants().map(ProcessHandle::pid).toList();
      assertEquals(1, pgDumps().size());
      java.destroyForcibly().waitFor();
      pids.forEach(Processes::awaitEnd);
    }
  }

  /** A program that dumps until it dies. */
  static final class DumpUntilKilled {
    public static void main(String[] args) {
      DatabaseUri uri = Databases.uri(args[0]);
      try (DatabaseSnapshot snapshot = DatabaseSnapshot.open(uri)) {
        dumper(Databases.PATIENT)
            .dump(snapshot, uri, Path.of(args[1]), bytes -> {}, new Cancellation());
      }
    }
  }

  private Dump dump(Duration lockWait, DatabaseUri uri, LongConsumer progress) {
    try (DatabaseSnapshot snapshot = DatabaseSnapshot.open(uri)) {
      return dumper(lockWait).dump(snapshot, uri, file, progress, cancellation);
    }
  }

  private static DatabaseUri large() {
    return Databases.uri(server.uri("large"));
  }

  private static DatabaseDumper dumper(Duration lockWait) {
    return Databases.dumper(DumpFormat.CUSTOM, "none", lockWait);
  }

  private CompletableFuture<String> inBackground(Problem.Kind kind) {
    return CompletableFuture.supplyAsync(
        () -> Failures.message(kind, () -> dump(Databases.PATIENT, source, bytes -> {})));
  }

  private Connection lockBlock() throws SQLException {
    Connection connection = server.connect("parsec");
    connection.setAutoCommit(false);
    try (Statement statement = connection.createStatement()) {
      statement.execute("LOCK TABLE block IN ACCESS EXCLUSIVE MODE");
    }
    return connection;
  }

  private void awaitPgDumpInTheServer() {
    await().atMost(Duration.ofSeconds(30)).until(() -> waitingSessions() == 1);
  }

  private int waitingSessions() throws SQLException {
    try (Connection connection = server.connect("postgres");
        Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery(
                "SELECT count(*) FROM pg_stat_activity"
                    + " WHERE datname = 'parsec' AND wait_event_type = 'Lock'")) {
      rows.next();
      return rows.getInt(1);
    }
  }

  /** pg_dump itself, not the shell that watches it and has the same arguments. */
  private static List<ProcessHandle> pgDumps() {
    return Processes.descendants().stream()
        .filter(p -> Processes.commandLine(p).matches("\\S*pg_dump .*--snapshot=.*"))
        .toList();
  }
}
