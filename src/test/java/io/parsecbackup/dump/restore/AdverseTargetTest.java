package io.parsecbackup.dump.restore;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.parsecbackup.Cancellation;
import io.parsecbackup.Problem;
import io.parsecbackup.dump.Failures;
import io.parsecbackup.dump.archive.DumpFormat;
import io.parsecbackup.dump.restore.DatabasePlan.Action;
import io.parsecbackup.postgres.connection.DatabaseUri;
import io.parsecbackup.testing.EmbeddedDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Targets whose settings, encoding or role make a restore difficult. */
@Timeout(120)
class AdverseTargetTest {

  private static final List<String> SETTINGS =
      List.of(
          "default_transaction_read_only = on",
          "default_transaction_isolation = serializable",
          "statement_timeout = '1s'",
          "lock_timeout = '1ms'",
          "idle_in_transaction_session_timeout = '1s'",
          "idle_session_timeout = '1s'",
          "array_nulls = off");

  @TempDir static Path folder;

  private static EmbeddedDatabase server;
  private static DatabaseUri source;

  @BeforeAll
  static void start() {
    server = EmbeddedDatabase.open();
    server.execute("postgres", "CREATE ROLE maker LOGIN CREATEDB PASSWORD 'p'");
    Databases.fill(server, "parsec");
    server.execute(
        "parsec",
        "CREATE TABLE slow (a int[] CHECK (pg_sleep(1.2) IS NOT NULL AND a[1] IS NULL))",
        "INSERT INTO slow VALUES (ARRAY[NULL, 1])");
    source = Databases.uri(server.uri("parsec"));
    for (DumpFormat format : DumpFormat.values()) {
      Databases.dump(source, format, folder.resolve(format.fileName()));
    }
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @ParameterizedTest
  @CsvSource({"CUSTOM, ROLE, ''", "PLAIN, ROLE, ''", "CUSTOM, DATABASE, ?options=-c%20jit%3Doff"})
  void itsSettingsDoNotAffectTheRestore(DumpFormat format, String whose, String query) {
    server.createRole("strict", "p");
    server.createDatabase("t_strict", "strict");
    String object = whose.equals("ROLE") ? "ROLE strict" : "DATABASE t_strict";
    for (String setting : SETTINGS) {
      server.execute("postgres", "ALTER " + object + " SET " + setting);
    }
    DatabaseUri target = Databases.uri(server.uri("t_strict", "strict", "p") + query);
    RestoreFixture.restore(
        RestoreFixture.restorer(), folder.resolve(format.fileName()), target, false, Action.FILL);
    assertEquals(
        List.of("5000"), RestoreFixture.query(server, "t_strict", "SELECT count(*) FROM block"));
    server.dropDatabase("t_strict");
    server.execute("postgres", "DROP ROLE strict");
  }

  @Test
  void aSmallerEncodingAcceptsADumpThatItCanRepresent() {
    server.execute(
        "postgres", "CREATE DATABASE t_latin TEMPLATE template0 ENCODING LATIN1 LOCALE 'C'");
    DatabaseUri target = Databases.uri(server.uri("t_latin"));
    Path dump = folder.resolve(DumpFormat.CUSTOM.fileName());
    RestoreFixture.restore(RestoreFixture.restorer(), dump, target, false, Action.FILL);
    DatabaseOutcome swapped =
        RestoreFixture.restore(RestoreFixture.restorer(), dump, target, true, Action.SWAP);
    assertEquals(
        List.of("Éléphant"),
        RestoreFixture.query(
            server, "t_latin", "SELECT organization_id FROM organization WHERE _id = 3"));
    server.dropDatabase("t_latin");
    server.dropDatabase(swapped.keptAs().orElseThrow());
  }

  @ParameterizedTest
  @EnumSource(DumpFormat.class)
  void aMissingTablespaceIsSkippedWithAWarning(DumpFormat format) {
    server.execute(
        "postgres", "SET allow_in_place_tablespaces = on", "CREATE TABLESPACE fast LOCATION ''");
    server.createDatabase("t_fast");
    server.execute("t_fast", "CREATE TABLE t (a int PRIMARY KEY) TABLESPACE fast");
    Path dump = folder.resolve("fast_" + format.fileName());
    Databases.dump(Databases.uri(server.uri("t_fast")), format, dump);
    server.dropDatabase("t_fast");
    server.execute("postgres", "DROP TABLESPACE fast");

    DatabaseUri target = Databases.uri(server.uri("t_slow"));
    DatabasePlan plan =
        RestoreFixture.restorer()
            .plan(
                RestoreFixture.source(dump, RestoreFixture.BACKUP),
                target,
                false,
                new Cancellation());
    assertTrue(plan.warnings().getFirst().contains("no tablespace fast"), plan::toString);
    DatabaseOutcome outcome =
        RestoreFixture.restore(RestoreFixture.restorer(), dump, target, false, Action.CREATE);
    assertEquals(plan.warnings(), outcome.warnings());
    try (ScratchDatabase scratch =
        RestoreFixture.scratch(
            RestoreFixture.restorer(), target, "t_drill", RestoreFixture.source(dump, "x"))) {
      assertEquals(plan.warnings(), scratch.warnings());
    }
    server.dropDatabase("t_slow");
  }

  /** Each statement with the name that the refusal uses. */
  static Stream<Arguments> superusers() {
    return Stream.of(
        arguments("CREATE EXTENSION dblink", "extension dblink"),
        arguments("CREATE PUBLICATION p FOR ALL TABLES", "publication p"),
        arguments("CREATE PUBLICATION p FOR TABLES IN SCHEMA public", "tables in schema"),
        arguments(
            "CREATE SUBSCRIPTION s CONNECTION 'host=nowhere' PUBLICATION p WITH (connect = false)",
            "subscription s"),
        arguments(
            "CREATE FUNCTION f() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END';"
                + " CREATE EVENT TRIGGER e ON ddl_command_end EXECUTE FUNCTION f()",
            "event trigger e"),
        arguments(
            "CREATE FUNCTION f(int) RETURNS int LANGUAGE internal AS 'int4abs'",
            "function f(integer) in language internal"),
        arguments("CREATE CAST (text AS bytea) WITHOUT FUNCTION", "cast (text as bytea"));
  }

  @ParameterizedTest
  @MethodSource("superusers")
  void aDumpThatNeedsASuperuserIsRefusedBeforeAnyChange(String sql, String named) {
    server.createDatabase("t_super");
    server.execute("t_super", sql.split("; ", -1));
    Path dump = folder.resolve("super_" + Math.abs(sql.hashCode()) + ".dump");
    Databases.dump(Databases.uri(server.uri("t_super")), DumpFormat.CUSTOM, dump);
    if (named.startsWith("subscription")) {
      server.execute(
          "t_super", "ALTER SUBSCRIPTION s SET (slot_name = NONE)", "DROP SUBSCRIPTION s");
    }
    server.dropDatabase("t_super");
    DumpSource backup = RestoreFixture.source(dump, RestoreFixture.BACKUP);
    DatabaseUri maker = Databases.uri(server.uri("t_made", "maker", "p"));
    List<Executable> ways =
        List.of(
            () -> RestoreFixture.restorer().plan(backup, maker, false, new Cancellation()),
            () -> RestoreFixture.scratch(RestoreFixture.restorer(), maker, "t_drill", backup));
    for (Executable way : ways) {
      String message = Failures.message(Problem.Kind.DATABASE, way);
      assertTrue(message.toLowerCase(Locale.ROOT).contains(named), message);
      assertTrue(message.contains("Restore as superuser"), message);
    }
    assertEquals(List.of("parsec"), RestoreFixture.databases(server));
    DatabaseUri superuser = Databases.uri(server.uri("t_made"));
    RestoreFixture.restore(RestoreFixture.restorer(), dump, superuser, false, Action.CREATE);
    if (named.startsWith("subscription")) {
      server.execute(
          "t_made", "ALTER SUBSCRIPTION s SET (slot_name = NONE)", "DROP SUBSCRIPTION s");
    }
    server.dropDatabase("t_made");
  }

  @Test
  void aTrustedExtensionIsAcceptedAndAMissingOneIsNamed() throws IOException {
    server.createDatabase("t_citext");
    server.execute("t_citext", "CREATE EXTENSION citext", "CREATE TABLE t (a citext)");
    Path dump = folder.resolve("citext.sql");
    Databases.dump(Databases.uri(server.uri("t_citext")), DumpFormat.PLAIN, dump);
    DatabaseUri maker = Databases.uri(server.uri("t_made", "maker", "p"));
    RestoreFixture.restore(RestoreFixture.restorer(), dump, maker, false, Action.CREATE);
    server.dropDatabase("t_made");
    server.dropDatabase("t_citext");

    Path foreign = folder.resolve("postgis.sql");
    Files.writeString(foreign, Files.readString(dump).replace("citext", "postgis"));
    String message =
        Failures.message(
            Problem.Kind.DATABASE,
            () ->
                RestoreFixture.restorer()
                    .plan(
                        RestoreFixture.source(foreign, "x"),
                        Databases.uri(server.uri("t_made")),
                        false,
                        new Cancellation()));
    assertTrue(message.contains("extensions that the server does not have: postgis"), message);
  }
}
