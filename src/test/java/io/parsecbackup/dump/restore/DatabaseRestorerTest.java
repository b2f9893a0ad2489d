package io.parsecbackup.dump.restore;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parsecbackup.Cancellation;
import io.parsecbackup.Problem;
import io.parsecbackup.dump.Failures;
import io.parsecbackup.dump.archive.DumpFormat;
import io.parsecbackup.dump.restore.DatabasePlan.Action;
import io.parsecbackup.postgres.FakeTools;
import io.parsecbackup.postgres.PgTools;
import io.parsecbackup.postgres.Sql;
import io.parsecbackup.postgres.connection.DatabaseUri;
import io.parsecbackup.repository.encryption.ReadableFile;
import io.parsecbackup.testing.EmbeddedDatabase;
import io.parsecbackup.testing.MachinePgTools;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Into which database a dump is restored, and what is refused before any change. */
@Timeout(120)
class DatabaseRestorerTest {

  @TempDir static Path folder;

  private static EmbeddedDatabase server;
  private static DatabaseUri source;
  private static Path custom;
  private static Path plain;
  private static Path directory;

  @BeforeAll
  static void start() {
    server = EmbeddedDatabase.open();
    Databases.fill(server, "parsec");
    source = Databases.uri(server.uri("parsec"));
    custom = Databases.dump(source, DumpFormat.CUSTOM, folder.resolve("database.dump"));
    directory = Databases.dump(source, DumpFormat.DIRECTORY, folder.resolve("database"));
    plain = Databases.dump(source, DumpFormat.PLAIN, folder.resolve("database.sql"));
  }

  @AfterEach
  void nothingIsLeft() {
    assertEquals(
        List.of("parsec"),
        RestoreFixture.databases(server).stream().filter(name -> !name.startsWith("t_")).toList());
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @ParameterizedTest
  @EnumSource(DumpFormat.class)
  void createsAMissingDatabaseLikeTheSource(DumpFormat format) {
    DatabaseUri target = uri("t_new \"%é' " + format);
    DatabaseOutcome outcome =
        RestoreFixture.restore(
            RestoreFixture.restorer(), dump(format), target, false, Action.CREATE);
    assertEquals(
        new DatabaseOutcome(Action.CREATE, Optional.empty(), List.of(), false, true), outcome);
    assertEquals(Databases.content(source), Databases.content(target));
    assertNoMark(target);
  }

  @ParameterizedTest
  @EnumSource(DumpFormat.class)
  void fillsANewDatabaseWithSeveralConnections(DumpFormat format) {
    DatabaseUri target = uri("t_jobs_" + format);
    DatabaseRestorer restorer = RestoreFixture.restorer().withJobs(3);
    DatabaseOutcome outcome =
        RestoreFixture.restore(restorer, dump(format), target, false, Action.CREATE);
    assertEquals(
        new DatabaseOutcome(Action.CREATE, Optional.empty(), List.of(), false, true), outcome);
    assertEquals(Databases.content(source), Databases.content(target));
    assertNoMark(target);
    server.execute(target.database(), "DROP TABLE block");
    outcome = RestoreFixture.restore(restorer, dump(format), target, true, Action.SWAP);
    assertEquals(Databases.content(source), Databases.content(target));
    assertFalse(
        Databases.content(uri(outcome.keptAs().orElseThrow()))
            .contains("CREATE TABLE public.block"));
  }

  @ParameterizedTest
  @EnumSource(names = {"CUSTOM", "DIRECTORY"})
  void keepsTheOldDatabaseIfAConnectionOfSeveralFails(DumpFormat format) throws IOException {
    DatabaseUri target = empty("t_worker_" + format);
    server.execute(target.database(), "CREATE TABLE old (a int)");
    String before = Databases.content(target);
    List<String> databases = RestoreFixture.databases(server);
    Path dump = Databases.dump(source, format, folder.resolve("worker_" + format.fileName()));
    DatabaseRestorer restorer = RestoreFixture.restorer().withJobs(2);
    DatabasePlan plan =
        restorer.plan(RestoreFixture.source(dump, "x"), target, true, new Cancellation());
    Path cut = Databases.largestFile(dump);
    byte[] bytes = Files.readAllBytes(cut);
    Files.write(cut, java.util.Arrays.copyOf(bytes, bytes.length * 2 / 3));
    String message =
        Failures.message(
            Problem.Kind.DATABASE, () -> restorer.carryOut(plan, b -> {}, new Cancellation()));
    assertTrue(message.contains("nothing was restored"), message);
    assertEquals(before, Databases.content(target));
    assertEquals(databases, RestoreFixture.databases(server));
  }

  @ParameterizedTest
  @EnumSource(DumpFormat.class)
  void fillsAnEmptyDatabaseAndKeepsItsComment(DumpFormat format) {
    DatabaseUri target = empty("t_empty_" + format);
    server.execute("postgres", "COMMENT ON DATABASE " + Sql.name(target.database()) + " IS 'a''b'");
    RestoreFixture.restore(RestoreFixture.restorer(), dump(format), target, false, Action.FILL);
    assertEquals(Databases.content(source), Databases.content(target));
    assertEquals(
        List.of("t_empty_" + format + " a'b"),
        RestoreFixture.databases(server).stream()
            .filter(name -> name.startsWith(target.database()))
            .toList());
  }

  @ParameterizedTest
  @EnumSource(DumpFormat.class)
  void worksWithNewerToolsToo(DumpFormat format) {
    DatabaseUri target = empty("t_psql_" + format);
    DatabaseRestorer restorer = new DatabaseRestorer(MachinePgTools::get, step -> {}, true);
    RestoreFixture.restore(restorer, dump(format), target, false, Action.FILL);
    assertEquals(Databases.content(source), Databases.content(target));
  }

  @Test
  void skipsWhatOnlyNewerServersKnow() throws IOException {
    Path by17 = folder.resolve("by17.sql");
    Files.writeString(
        by17,
        Files.readString(plain)
            .replaceFirst("by pg_dump version 15\\S*", "by pg_dump version 17.6")
            .replaceFirst("SET lock_timeout = 0;", "$0\nSET transaction_timeout = 0;"));
    DatabaseUri target = empty("t_by17");
    RestoreFixture.restore(RestoreFixture.restorer(), by17, target, false, Action.FILL);
    assertEquals(Databases.content(source), Databases.content(target));
  }

  @Test
  void neverChangesADatabaseThatIsNotEmpty() {
    for (String thing :
        List.of(
            "CREATE TABLE mine (a int)",
            "CREATE TYPE mine AS ENUM ('A')",
            "CREATE FUNCTION mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
            "CREATE SCHEMA mine",
            "CREATE SEQUENCE mine",
            "CREATE VIEW mine AS SELECT 1 a",
            "SELECT lo_create(4711)")) {
      DatabaseUri target = empty("t_full");
      server.execute("t_full", thing);
      String before = Databases.content(target);
      String message = refusal(custom, target, false);
      assertTrue(
          message.matches("(?s).*t_full\" is not empty: it contains 1 [a-z ]+ \\((mine|4711)\\).*"),
          message);
      assertTrue(message.contains("With --replace"), message);
      assertEquals(before, Databases.content(target));
      server.dropDatabase("t_full");
    }
  }

  @Test
  void reportsWhatADatabaseContains() {
    String message = refusal(custom, source, false);
    assertTrue(
        message.contains(
            "3 tables (block, migration, organization), 2 sequences (block__id_seq, organization__id_seq), 1 type (profile)"),
        message);
  }

  @ParameterizedTest
  @ValueSource(strings = {"postgres", "template0", "template1"})
  void refusesPostgresOwnDatabases(String name) {
    assertTrue(refusal(custom, uri(name), true).contains("belongs to PostgreSQL itself"));
  }

  @Test
  void refusesADumpOfANewerServerBeforeAnyChange() throws IOException {
    Path newer = folder.resolve("newer.sql");
    Files.writeString(
        newer,
        Files.readString(plain)
            .replaceFirst("from database version 15\\S*", "from database version 17.2"));
    String message = refusal(newer, uri("t_newer"), true);
    assertTrue(message.contains("The dump is of PostgreSQL 17.2"), message);
    assertTrue(message.contains("version 17 or newer"), message);
  }

  @Test
  void refusesADumpThatIsNewerThanTheTools() throws IOException {
    Path bin = FakeTools.in(folder.resolve("bin14"), "echo 'pg_dump (PostgreSQL) 14.22'");
    FakeTools.write(
        bin.resolve("pg_restore"), "exec '" + Databases.tools().pgRestore() + "' \"$@\"");
    DatabaseRestorer old =
        new DatabaseRestorer(() -> PgTools.find(Optional.of(bin), Map.of()), step -> {}, false);
    DatabaseUri target = uri("t_old");
    String message =
        Failures.message(
            Problem.Kind.DATABASE,
            () -> old.plan(RestoreFixture.source(custom, "x"), target, true, new Cancellation()));
    assertTrue(message.contains("The dump was made by pg_dump 15."), message);
    assertTrue(message.contains("Found: 14.22 in " + bin), message);
  }

  @Test
  void refusesAScriptWithRestrictIfPsqlDoesNotSupportIt() throws IOException {
    Path bin = FakeTools.in(folder.resolve("bin1513"), "echo 'pg_dump (PostgreSQL) 15.13'");
    DatabaseRestorer old =
        new DatabaseRestorer(() -> PgTools.find(Optional.of(bin), Map.of()), step -> {}, false);
    DatabaseUri target = uri("t_old");
    String message =
        Failures.message(
            Problem.Kind.DATABASE,
            () -> old.plan(RestoreFixture.source(plain, "x"), target, true, new Cancellation()));
    assertTrue(message.contains("a psql that knows \\restrict"), message);
  }

  @Test
  void refusesADatabaseThatSomebodyElseClosed() {
    empty("t_closed");
    server.execute("postgres", "ALTER DATABASE t_closed ALLOW_CONNECTIONS false");
    String message = refusal(custom, uri("t_closed"), true);
    assertTrue(message.contains("accepts no connections"), message);
    server.dropDatabase("t_closed");
  }

  @Test
  void refusesARoleWithoutTheRightToCreateDatabases() {
    server.createRole("poor", "p");
    String message = refusal(custom, Databases.uri(server.uri("t_poor", "poor", "p")), false);
    assertTrue(message.contains("ALTER ROLE \"poor\" CREATEDB"), message);
  }

  @Test
  void reportsAnUnreachableServerAndARefusedLogin() {
    String login = refusal(custom, Databases.uri(server.uri("x", "nobody", "p")), false);
    assertTrue(login.contains("user and password in PARSEC_DB"), login);
    String nowhere = refusal(custom, Databases.uri("postgresql://postgres@127.0.0.1:1/x"), false);
    assertTrue(nowhere.contains("host and port in PARSEC_DB"), nowhere);
  }

  @Test
  void makesTheTargetsRoleTheOwnerIfTheOwnersAreOtherRoles() {
    server.createRole("other", "p");
    server.createDatabase("t_other", "other");
    for (DumpFormat format : DumpFormat.values()) {
      DatabaseUri target = Databases.uri(server.uri("t_other", "other", "p"));
      DatabaseOutcome outcome =
          RestoreFixture.restore(
              RestoreFixture.restorer(), dump(format), target, false, Action.FILL);
      assertTrue(outcome.noOwner());
      assertTrue(outcome.warnings().getFirst().contains("owners postgres are other roles"));
      assertEquals(
          List.of("other"),
          RestoreFixture.query(
              server,
              "t_other",
              "SELECT DISTINCT tableowner FROM pg_tables WHERE schemaname = 'public'"));
      server.dropDatabase("t_other");
      server.createDatabase("t_other", "other");
    }
  }

  @Test
  void skipsPrivilegesOfAMissingRole() {
    server.createRole("gone", "p");
    server.createDatabase("t_grants");
    server.execute("t_grants", "CREATE TABLE t (a int)", "GRANT SELECT ON t TO gone");
    for (DumpFormat format : DumpFormat.values()) {
      Databases.dump(uri("t_grants"), format, folder.resolve("grants_" + format.fileName()));
    }
    server.execute("t_grants", "REVOKE ALL ON t FROM gone", "DROP ROLE gone");
    DatabaseUri parallel = uri("t_grants_parallel");
    assertTrue(
        RestoreFixture.restore(
                RestoreFixture.restorer().withJobs(2),
                folder.resolve("grants_database"),
                parallel,
                false,
                Action.CREATE)
            .noOwner());
    assertEquals(Databases.content(uri("t_grants")), Databases.content(parallel));
    for (String file : List.of("grants_database.sql", "grants_database.dump", "grants_database")) {
      DatabaseUri target = uri("t_" + file);
      DatabaseOutcome outcome =
          RestoreFixture.restore(
              RestoreFixture.restorer(), folder.resolve(file), target, false, Action.CREATE);
      assertTrue(outcome.noOwner());
      assertTrue(
          outcome.warnings().getFirst().contains("role \"gone\" does not exist"),
          outcome::toString);
      assertEquals(Databases.content(uri("t_grants")), Databases.content(target));
    }
  }

  @Test
  void usesTheServersLocaleIfTheDumpsIsMissing() {
    DumpSource dump =
        new DumpSource(
            ReadableFile.plain(custom),
            DumpFormat.CUSTOM,
            RestoreFixture.BACKUP,
            "r",
            new RecordedDatabase(
                Optional.of("UTF8"), Optional.of("tlh_KX.UTF-8"), Optional.empty()));
    DatabaseRestorer restorer = RestoreFixture.restorer();
    DatabaseOutcome outcome =
        restorer.carryOut(
            restorer.plan(dump, uri("t_locale"), false, new Cancellation()),
            bytes -> {},
            new Cancellation());
    assertTrue(outcome.warnings().getFirst().contains("no locale tlh_KX.UTF-8"), outcome::toString);
  }

  @ParameterizedTest
  @EnumSource(DumpFormat.class)
  void keepsNothingOfADumpThatFailsHalfway(DumpFormat format) throws IOException {
    DatabaseUri target = empty("t_half_" + format);
    Path dump = Databases.dump(source, format, folder.resolve("half_" + format.fileName()));
    DatabaseRestorer restorer = RestoreFixture.restorer();
    DatabasePlan plan =
        restorer.plan(RestoreFixture.source(dump, "x"), target, false, new Cancellation());
    Path cut = Databases.largestFile(dump);
    byte[] bytes = Files.readAllBytes(cut);
    Files.write(cut, java.util.Arrays.copyOf(bytes, bytes.length * 2 / 3));
    Failures.message(
        Problem.Kind.DATABASE, () -> restorer.carryOut(plan, b -> {}, new Cancellation()));
    assertFalse(Databases.content(target).contains("CREATE TABLE"));
    assertNoMark(target);
  }

  @ParameterizedTest
  @EnumSource(DumpFormat.class)
  void acceptsADumpMadeWithInserts(DumpFormat format) {
    Path dump = folder.resolve("inserts_" + format.fileName());
    String name = format.name().toLowerCase(Locale.ROOT);
    Databases.run(
        source, Databases.tools().pgDump(), "--inserts", "--format=" + name, "--file=" + dump);
    DatabaseUri target = uri("t_inserts_" + name);
    RestoreFixture.restore(RestoreFixture.restorer(), dump, target, false, Action.CREATE);
    assertEquals(Databases.content(source), Databases.content(target));
  }

  private static void assertNoMark(DatabaseUri target) {
    assertTrue(
        RestoreFixture.databases(server).contains(target.database()),
        () -> RestoreFixture.databases(server).toString());
  }

  private static String refusal(Path dump, DatabaseUri target, boolean replace) {
    List<String> before = RestoreFixture.databases(server);
    String message =
        Failures.message(
            Problem.Kind.DATABASE,
            () ->
                RestoreFixture.restorer()
                    .plan(RestoreFixture.source(dump, "x"), target, replace, new Cancellation()));
    assertEquals(before, RestoreFixture.databases(server));
    return message;
  }

  private static Path dump(DumpFormat format) {
    return switch (format) {
      case CUSTOM -> custom;
      case DIRECTORY -> directory;
      case PLAIN -> plain;
    };
  }

  private static DatabaseUri uri(String database) {
    return Databases.uri(server.uri(database));
  }

  private static DatabaseUri empty(String name) {
    server.createDatabase(name);
    return uri(name);
  }
}
