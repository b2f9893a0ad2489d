package io.parsecbackup.dump.restore;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parsecbackup.Cancellation;
import io.parsecbackup.Problem;
import io.parsecbackup.dump.Failures;
import io.parsecbackup.dump.archive.DumpFormat;
import io.parsecbackup.dump.restore.DatabasePlan.Action;
import io.parsecbackup.postgres.Sql;
import io.parsecbackup.postgres.connection.DatabaseUri;
import io.parsecbackup.testing.EmbeddedDatabase;
import io.parsecbackup.testing.MachinePgTools;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A backup replaces a database that is not empty, and the old database is kept under another name.
 */
@Timeout(120)
class DatabaseSwapTest {

  @TempDir static Path folder;

  private static EmbeddedDatabase server;
  private static DatabaseUri source;
  private static Path dump;

  @BeforeAll
  static void start() {
    server = EmbeddedDatabase.open();
    Databases.fill(server, "parsec");
    source = Databases.uri(server.uri("parsec"));
    dump = Databases.dump(source, DumpFormat.CUSTOM, folder.resolve("database.dump"));
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @Test
  void keepsTheOldDatabaseAndCopiesItsSettings() {
    server.createRole("owner", "p");
    server.createRole("reader", "p");
    String name = "live \"é% x";
    String quoted = Sql.name(name);
    server.execute(
        "postgres",
        "CREATE DATABASE "
            + quoted
            + " OWNER owner TEMPLATE template0 LC_COLLATE 'C' LC_CTYPE 'C' CONNECTION LIMIT 42",
        "ALTER DATABASE " + quoted + " SET search_path = \"$user\", public, \"o, \"\"x\"",
        "ALTER DATABASE " + quoted + " SET work_mem = '5MB'",
        "ALTER DATABASE " + quoted + " SET \"my.text\" = 'it''s \\ a, b'",
        "ALTER ROLE reader IN DATABASE " + quoted + " SET statement_timeout = '7s'",
        "REVOKE CONNECT ON DATABASE " + quoted + " FROM PUBLIC",
        "GRANT CONNECT, TEMP ON DATABASE " + quoted + " TO reader WITH GRANT OPTION",
        "COMMENT ON DATABASE " + quoted + " IS E'mine\\nand ''yours'' \\\\'");
    server.execute(name, "CREATE TABLE old (a int)", "INSERT INTO old VALUES (7)");
    String before = properties(name);
    DatabaseUri target = uri(name);

    DatabaseOutcome outcome =
        RestoreFixture.restore(RestoreFixture.restorer(), dump, target, true, Action.SWAP);

    String kept = outcome.keptAs().orElseThrow();
    assertTrue(kept.matches("live \"é% x_before_\\d{8}t\\d{6}z"), kept);
    assertEquals(List.of(), outcome.warnings());
    assertEquals(List.of("7"), RestoreFixture.query(server, kept, "SELECT a FROM old"));
    assertEquals(before, properties(kept));
    assertEquals(before, properties(name));
    assertEquals(Databases.content(source), Databases.content(target));
    server.dropDatabase(name);
    server.dropDatabase(kept);
    nothingIsLeft();
  }

  @ParameterizedTest
  @ValueSource(strings = {"x", "é"})
  void supportsNamesOf63Bytes(String character) {
    String target = "a".repeat(63 - 31 * bytes(character)) + character.repeat(31);
    assertEquals(63, bytes(target));
    full(target);
    DatabaseOutcome outcome =
        RestoreFixture.restore(RestoreFixture.restorer(), dump, uri(target), true, Action.SWAP);
    assertEquals(Databases.content(source), Databases.content(uri(target)));
    assertEquals(
        List.of("7"), RestoreFixture.query(server, outcome.keptAs().get(), "SELECT a FROM old"));
    server.dropDatabase(target);
    server.dropDatabase(outcome.keptAs().get());
    nothingIsLeft();
  }

  @Test
  void swapsWhileClientsReconnectAgainAndAgain() {
    full("busy");
    AtomicBoolean stop = new AtomicBoolean();
    AtomicInteger connects = new AtomicInteger();
    ExecutorService threads = Executors.newFixedThreadPool(4);
    List<CompletableFuture<Void>> clients = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      clients.add(
          CompletableFuture.runAsync(
              () -> {
                while (!stop.get()) {
                  try (Connection connection = server.connect("busy")) {
                    connects.incrementAndGet();
                    connection.createStatement().execute("SELECT pg_sleep(60)");
                  } catch (SQLException ended) {
                    // And again.
                  }
                }
              },
              threads));
    }
    try {
      await().until(() -> connects.get() >= 4);
      DatabasePlan plan =
          RestoreFixture.restorer()
              .plan(RestoreFixture.source(dump, "x"), uri("busy"), true, new Cancellation());
      assertTrue(
          plan.sessions().getFirst().matches("session \\d+ of postgres, .*from 127.0.0.1"),
          plan::toString);
      DatabaseOutcome outcome =
          RestoreFixture.restorer().carryOut(plan, bytes -> {}, new Cancellation());
      assertEquals(
          List.of("24"), RestoreFixture.query(server, "busy", "SELECT max(_id) FROM migration"));
      server.dropDatabase(outcome.keptAs().get());
    } finally {
      stop.set(true);
      server.execute(
          "postgres",
          "ALTER DATABASE busy ALLOW_CONNECTIONS false",
          "DROP DATABASE busy WITH (FORCE)");
      clients.forEach(CompletableFuture::join);
      threads.close();
    }
    nothingIsLeft();
  }

  @Test
  void aRoleThatOwnsTheDatabaseAndCanCreateDatabasesReplacesIt() {
    server.createRole("boss", "p");
    server.execute("postgres", "ALTER ROLE boss CREATEDB");
    server.createDatabase("bossy", "boss");
    server.execute("bossy", "CREATE TABLE old (a int)");
    DatabaseUri target = Databases.uri(server.uri("bossy", "boss", "p"));
    DatabaseOutcome outcome =
        RestoreFixture.restore(RestoreFixture.restorer(), dump, target, true, Action.SWAP);
    assertTrue(outcome.noOwner());
    assertEquals(
        List.of("boss"),
        RestoreFixture.query(
            server,
            "bossy",
            "SELECT DISTINCT tableowner FROM pg_tables WHERE schemaname = 'public'"));
    server.dropDatabase("bossy");
    server.dropDatabase(outcome.keptAs().get());
    nothingIsLeft();
  }

  @Test
  void leavesTheOldDatabaseOpenIfASessionCannotBeEnded() {
    server.createRole("weak", "p");
    server.execute("postgres", "ALTER ROLE weak CREATEDB");
    server.createDatabase("held", "weak");
    server.execute("held", "CREATE TABLE old (a int)", "SELECT 1");
    server.execute("postgres", "ALTER DATABASE held CONNECTION LIMIT 9");
    DatabaseUri target = Databases.uri(server.uri("held", "weak", "p"));
    try (Connection superuser = server.connect("held")) {
      superuser.createStatement().execute("SELECT 1");
      String message =
          Failures.message(
              Problem.Kind.DATABASE,
              () ->
                  RestoreFixture.restorer()
                      .plan(
                          RestoreFixture.source(dump, RestoreFixture.BACKUP),
                          target,
                          true,
                          new Cancellation()));
      assertTrue(message.contains("may not end: session "), message);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
    // A session that connects when everything except the swap is done.
    List<Connection> late = new ArrayList<>();
    DatabaseRestorer restorer =
        RestoreFixture.restorer(step -> {
          if (step.equals("before close of the old database")) {
            late.add(connect("held"));
          }
        });
    String message =
        Failures.message(
            Problem.Kind.DATABASE,
            () -> RestoreFixture.restore(restorer, dump, target, true, Action.SWAP));
    assertTrue(message.contains("could not be ended"), message);
    assertEquals(List.of("0"), RestoreFixture.query(server, "held", "SELECT count(*) FROM old"));
    late.forEach(DatabaseSwapTest::close);
    await()
        .until(() ->
            RestoreFixture.query(
                    server, "postgres", "SELECT 1 FROM pg_stat_activity WHERE datname = 'held'")
                .isEmpty());
    DatabaseOutcome outcome =
        RestoreFixture.restore(RestoreFixture.restorer(), dump, target, true, Action.FINISH);
    assertEquals(
        List.of("24"), RestoreFixture.query(server, "held", "SELECT max(_id) FROM migration"));
    server.dropDatabase("held");
    server.dropDatabase(outcome.keptAs().get());
    nothingIsLeft();
  }

  private static Connection connect(String database) {
    try {
      return server.connect(database);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void close(Connection connection) {
    try {
      connection.close();
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void cancellingTheFillLeavesEverythingUnchangedWithinSeconds() {
    full("live");
    for (String route : List.of("pg_restore", "psql")) {
      Cancellation cancellation = new Cancellation();
      DatabaseRestorer restorer =
          new DatabaseRestorer(MachinePgTools::get, step -> {}, route.equals("psql"));
      DatabasePlan plan =
          restorer.plan(RestoreFixture.source(slowDump(), "x"), uri("live"), true, cancellation);
      CompletableFuture<String> outcome =
          CompletableFuture.supplyAsync(() ->
              Failures.message(
                  Problem.Kind.CANCELLED,
                  () -> restorer.carryOut(plan, bytes -> {}, cancellation)));
      await().until(() -> !running().isEmpty());
      long start = System.nanoTime();
      cancellation.cancel("test");
      outcome.join();
      assertTrue(Duration.ofNanos(System.nanoTime() - start).toSeconds() < 8);
      nothingElseThan("live");
      assertEquals(List.of("7"), RestoreFixture.query(server, "live", "SELECT a FROM old"));
    }
    server.dropDatabase("live");
  }

  /** A dump whose index takes a minute for each row. */
  private static Path slowDump() {
    Path file = folder.resolve("slow.dump");
    if (!Files.exists(file)) {
      server.createDatabase("slow");
      server.execute(
          "slow",
          "CREATE FUNCTION slow(int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT 1'",
          "CREATE TABLE s (a int)",
          "INSERT INTO s VALUES (1)",
          "CREATE INDEX i ON s (slow(a))",
          "CREATE OR REPLACE FUNCTION slow(int) RETURNS int LANGUAGE plpgsql IMMUTABLE AS"
              + " 'BEGIN PERFORM pg_catalog.pg_sleep(60); RETURN 1; END'");
      Databases.dump(uri("slow"), DumpFormat.CUSTOM, file);
      server.dropDatabase("slow");
    }
    return file;
  }

  private static List<String> running() {
    return RestoreFixture.query(
        server,
        "postgres",
        "SELECT pid FROM pg_stat_activity WHERE query LIKE 'CREATE INDEX%' AND state = 'active'");
  }

  private static int bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }

  private static String properties(String name) {
    String where = " WHERE datname = " + Sql.literal(name);
    return RestoreFixture.query(
            server,
            "postgres",
            "SELECT concat_ws('|', pg_get_userbyid(datdba), datcollate, datctype, datconnlimit,"
                + " datallowconn, (SELECT array_agg(a::text ORDER BY a::text) FROM unnest(datacl)"
                + " a), shobj_description(oid, 'pg_database')) FROM pg_database"
                + where)
        + RestoreFixture.query(
                server,
                "postgres",
                "SELECT setrole::regrole || ' ' || unnest(setconfig) FROM pg_db_role_setting s JOIN"
                    + " pg_database d ON d.oid = setdatabase"
                    + where
                    + " ORDER BY 1")
            .toString();
  }

  private static void full(String name) {
    server.createDatabase(name);
    server.execute(name, "CREATE TABLE old (a int)", "INSERT INTO old VALUES (7)");
  }

  private static void nothingIsLeft() {
    nothingElseThan();
  }

  private static void nothingElseThan(String... names) {
    List<String> expected = new ArrayList<>(List.of(names));
    expected.add("parsec");
    assertEquals(expected, RestoreFixture.databases(server));
  }

  private static DatabaseUri uri(String database) {
    return Databases.uri(server.uri(database));
  }
}
