package io.parsecbackup.dump.restore;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parsecbackup.Cancellation;
import io.parsecbackup.Problem;
import io.parsecbackup.dump.Failures;
import io.parsecbackup.dump.archive.DumpFormat;
import io.parsecbackup.dump.restore.DatabasePlan.Action;
import io.parsecbackup.postgres.Sql;
import io.parsecbackup.postgres.connection.DatabaseUri;
import io.parsecbackup.testing.EmbeddedDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A restore was interrupted and nobody noticed: the database is used since then, and its data must
 * not be lost.
 */
@Timeout(120)
class CutOffRestoreTest {

  private static final String OTHER = "20261123T020000Z";

  @TempDir static Path folder;

  private static EmbeddedDatabase server;
  private static Path dump;
  private static String whole;

  /** Bypasses all code that cleans up after a failure, as a kill would. */
  private static final class SimulatedKill extends Error {
    private static final long serialVersionUID = 1;
  }

  @BeforeAll
  static void start() {
    server = EmbeddedDatabase.open();
    Databases.fill(server, "parsec");
    dump = Databases.dump(uri("parsec"), DumpFormat.CUSTOM, folder.resolve("database.dump"));
    whole = Databases.content(uri("parsec"));
    server.dropDatabase("parsec");
  }

  @AfterEach
  void dropAll() {
    RestoreFixture.query(
            server,
            "postgres",
            "SELECT datname FROM pg_database WHERE datname NOT IN ('postgres', 'template0',"
                + " 'template1')")
        .forEach(server::dropDatabase);
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @Test
  void aDatabaseThatWasRenamedAwayIsNotDropped() {
    cutOff("before unmark", "hand", false, RestoreFixture.BACKUP);
    server.execute("hand", "CREATE TABLE mine (a int)", "INSERT INTO mine VALUES (7)");
    server.execute("postgres", "ALTER DATABASE hand RENAME TO hand_old");
    restore("hand", false, OTHER, Action.CREATE);
    assertEquals(List.of("7"), RestoreFixture.query(server, "hand_old", "SELECT a FROM mine"));
    assertEquals(whole, Databases.content(uri("hand")));
  }

  @Test
  void aDatabaseThatWasRenamedToTheNameOfANewOneIsNotDropped() {
    cutOff("before unmark", "hand", false, RestoreFixture.BACKUP);
    server.execute("hand", "CREATE TABLE mine (a int)");
    server.execute("postgres", "ALTER DATABASE hand RENAME TO hand_restore_20261122t020000z");
    restore("hand", false, OTHER, Action.CREATE);
    assertEquals(
        List.of("0"),
        RestoreFixture.query(server, "hand_restore_20261122t020000z", "SELECT count(*) FROM mine"));
  }

  @Test
  void aKeptDatabaseIsNotDroppedBecauseOfAnOlderMark() {
    cutOff("before unmark", "prod", false, RestoreFixture.BACKUP);
    server.execute("prod", "CREATE TABLE mine (a int)", "INSERT INTO mine VALUES (7)");
    cutOff("before reopen of the old database", "prod", true, OTHER);
    DatabaseOutcome outcome = restore("prod", true, OTHER, Action.FINISH);
    String kept = outcome.keptAs().orElseThrow();
    assertEquals(List.of("7"), RestoreFixture.query(server, kept, "SELECT a FROM mine"));
    assertEquals(List.of("prod", kept), RestoreFixture.databases(server));
  }

  @Test
  void theOldDatabaseLosesItsMarkInTheSwap() {
    cutOff("before unmark", "prod", false, RestoreFixture.BACKUP);
    cutOff("after swap", "prod", true, OTHER);
    assertEquals(
        List.of("prod_before"),
        RestoreFixture.databases(server).stream()
            .filter(name -> name.startsWith("prod_before"))
            .map(name -> name.replaceFirst("prod_before_\\w+ closed$", "prod_before"))
            .toList());
  }

  @Test
  void aWholeRestoreIsFinished() {
    cutOff("before unmark", "live", false, RestoreFixture.BACKUP);
    restore("live", false, RestoreFixture.BACKUP, Action.FINISH);
    assertEquals(whole, Databases.content(uri("live")));
    assertEquals(List.of("live"), RestoreFixture.databases(server));
  }

  @Test
  void rowsThatWereDeletedAfterTheFillAreRestored() {
    cutOff("before unmark", "live", false, RestoreFixture.BACKUP);
    server.execute("live", "DELETE FROM block WHERE _id < 100");
    String message = refusal("live");
    assertTrue(message.contains("\"live\" is not empty"), message);
    DatabaseOutcome outcome = restore("live", true, RestoreFixture.BACKUP, Action.SWAP);
    assertEquals(whole, Databases.content(uri("live")));
    assertEquals(List.of("live", outcome.keptAs().orElseThrow()), RestoreFixture.databases(server));
  }

  @Test
  void rowsThatWereDeletedAfterTheSwapAreRestoredAndTheOldDatabaseIsOpened() {
    server.createDatabase("live");
    server.execute("live", "CREATE TABLE old (a int)", "INSERT INTO old VALUES (7)");
    cutOff("before reopen of the old database", "live", true, RestoreFixture.BACKUP);
    server.execute("live", "DELETE FROM block");
    String closed =
        RestoreFixture.databases(server).stream()
            .filter(name -> name.startsWith("live_before"))
            .map(name -> name.split(" ", 2)[0])
            .findFirst()
            .orElseThrow();
    String message = refusal("live");
    assertTrue(message.contains("ALTER DATABASE \"" + closed + "\""), message);
    restore("live", true, RestoreFixture.BACKUP, Action.SWAP);
    assertEquals(whole, Databases.content(uri("live")));
    assertEquals(
        3, RestoreFixture.databases(server).size(), () -> "" + RestoreFixture.databases(server));
    assertTrue(RestoreFixture.databases(server).stream().allMatch(name -> name.matches("\\w+")));
    assertEquals(List.of("7"), RestoreFixture.query(server, closed, "SELECT a FROM old"));
  }

  @Test
  void aDatabaseThatWasMigratedAfterwardsIsReplaced() {
    cutOff("before unmark", "live", false, RestoreFixture.BACKUP);
    server.execute("live", "INSERT INTO migration VALUES (25, 'next')");
    assertFalse(refusal("live").contains("Optional"));
    restore("live", true, RestoreFixture.BACKUP, Action.SWAP);
    assertEquals(whole, Databases.content(uri("live")));
  }

  @Test
  void aDatabaseWithAnExtraTableIsReplaced() {
    cutOff("before unmark", "live", false, RestoreFixture.BACKUP);
    server.execute("live", "CREATE TABLE \"Mine\" (a int)", "INSERT INTO \"Mine\" VALUES (1)");
    restore("live", true, RestoreFixture.BACKUP, Action.SWAP);
    assertEquals(whole, Databases.content(uri("live")));
  }

  @Test
  void aFillThatDiffersFromTheDumpCanBeRetried() throws IOException {
    server.createDatabase("live");
    restore("source", false, RestoreFixture.BACKUP, Action.CREATE);
    Path plain = Databases.dump(uri("source"), DumpFormat.PLAIN, folder.resolve("more.sql"));
    Files.writeString(
        plain,
        Files.readString(plain)
            .replaceFirst(
                "(?m)^-- PostgreSQL database dump complete$",
                "INSERT INTO public.migration VALUES (25, 'more');\n$0"));
    String message =
        Failures.message(
            Problem.Kind.DATABASE,
            () ->
                RestoreFixture.restore(
                    RestoreFixture.restorer(), plain, uri("live"), false, Action.FILL));
    assertTrue(message.contains("its newest migration is 25, the dump's 24"), message);
    restore("live", true, RestoreFixture.BACKUP, Action.SWAP);
    assertEquals(whole, Databases.content(uri("live")));
  }

  @Test
  void aNewDatabaseThatSomebodyUsedIsCreatedAgain() {
    server.createDatabase("live");
    server.execute("live", "CREATE TABLE old (a int)");
    cutOff("after close of the old database", "live", true, RestoreFixture.BACKUP);
    server.execute(
        "postgres", "ALTER DATABASE live_restore_20261122t020000z ALLOW_CONNECTIONS true");
    server.execute("live_restore_20261122t020000z", "DELETE FROM block");
    DatabaseOutcome outcome = restore("live", true, RestoreFixture.BACKUP, Action.FINISH);
    assertEquals(Action.SWAP, outcome.action());
    assertEquals(whole, Databases.content(uri("live")));
    assertEquals(List.of("live", outcome.keptAs().orElseThrow()), RestoreFixture.databases(server));
  }

  @Test
  void theSwapOfAnotherBackupIsRepairedBeforeAWholeDatabaseTakesTheName() {
    server.createDatabase("live");
    server.execute("live", "CREATE TABLE old (a int)");
    cutOff("after mark", "live", true, RestoreFixture.BACKUP);
    server.execute(
        "postgres",
        "COMMENT ON DATABASE live IS "
            + Sql.literal(
                RestoreMark.of(RestoreFixture.source(dump, OTHER), "live", Optional.empty())
                    .swappedWith("live_before_x")
                    .text()));
    DatabaseOutcome outcome = restore("live", true, RestoreFixture.BACKUP, Action.FINISH);
    assertEquals(whole, Databases.content(uri("live")));
    assertEquals(List.of("live", outcome.keptAs().orElseThrow()), RestoreFixture.databases(server));
  }

  @Test
  void reportsWhatWasDoneAndNotWhatWasPlanned() {
    DatabaseRestorer restorer = RestoreFixture.restorer();
    DatabasePlan plan =
        restorer.plan(
            RestoreFixture.source(dump, RestoreFixture.BACKUP),
            uri("live"),
            false,
            new Cancellation());
    assertEquals(Action.CREATE, plan.action());
    server.createDatabase("live");
    DatabaseOutcome outcome = restorer.carryOut(plan, bytes -> {}, new Cancellation());
    assertEquals(Action.FILL, outcome.action());
    assertFalse(outcome.databaseCreated());
  }

  private static void cutOff(String step, String target, boolean replace, String backup) {
    DatabaseRestorer restorer =
        RestoreFixture.restorer(reached -> {
          if (reached.equals(step)) {
            throw new SimulatedKill();
          }
        });
    DatabasePlan plan =
        restorer.plan(
            RestoreFixture.source(dump, backup), uri(target), replace, new Cancellation());
    assertThrows(
        SimulatedKill.class, () -> restorer.carryOut(plan, bytes -> {}, new Cancellation()));
  }

  private static DatabaseOutcome restore(
      String target, boolean replace, String backup, Action expected) {
    DatabaseRestorer restorer = RestoreFixture.restorer();
    DatabasePlan plan =
        restorer.plan(
            RestoreFixture.source(dump, backup), uri(target), replace, new Cancellation());
    assertEquals(expected, plan.action());
    return restorer.carryOut(plan, bytes -> {}, new Cancellation());
  }

  private static String refusal(String target) {
    return Failures.message(
        Problem.Kind.DATABASE,
        () ->
            RestoreFixture.restorer()
                .plan(
                    RestoreFixture.source(dump, RestoreFixture.BACKUP),
                    uri(target),
                    false,
                    new Cancellation()));
  }

  private static DatabaseUri uri(String database) {
    return Databases.uri(server.uri(database));
  }
}
