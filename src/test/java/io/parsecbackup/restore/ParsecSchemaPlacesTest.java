package io.parsecbackup.restore;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parsecbackup.Problem;
import io.parsecbackup.backup.Backup;
import io.parsecbackup.backup.BackupService;
import io.parsecbackup.backup.adopt.Adoption;
import io.parsecbackup.job.JobEnd;
import io.parsecbackup.job.JobResult;
import io.parsecbackup.job.JobState;
import io.parsecbackup.job.Trigger;
import io.parsecbackup.repository.storage.folder.StableStorage;
import io.parsecbackup.testing.ParsecData;
import io.parsecbackup.testing.ParsecSchema;
import io.parsecbackup.testing.ParsecStack;
import io.parsecbackup.testing.PlainCore;
import java.net.URLEncoder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The server's SQL names no schema: its tables are wherever its session finds them. A backup, a
 * drill, an adopted dump and a restore have the same results there as in the schema public.
 */
@Timeout(120)
class ParsecSchemaPlacesTest {

  private static final int BLOCKS = 6;
  private static final ParsecData.Spec SPEC = ParsecData.Spec.of(BLOCKS, 64).shared(2);

  @TempDir static Path scratch;
  private static ParsecStack stack;

  @BeforeAll
  static void start() {
    stack = ParsecStack.start(ParsecData.Spec.of(0, 64)).allowDatabases();
  }

  @AfterAll
  static void stop() {
    stack.close();
  }

  /** A database with Parsec's tables, and its bucket. */
  private record Source(ParsecStack.Target target, List<String> keys) {
    Map<String, String> environment() {
      return Map.of("PARSEC_DB", target.databaseUri(), "PARSEC_BLOCKSTORE", target.blockstore());
    }
  }

  private static Source source(String name, int migration, String schema) throws Exception {
    ParsecStack.Target target = stack.target(name);
    if (!schema.equals("public")) {
      execute(name, "CREATE SCHEMA %s AUTHORIZATION parsec".formatted(quoted(schema)));
    }
    String jdbc = stack.jdbc(name) + "&currentSchema=" + URLEncoder.encode(quoted(schema), UTF_8);
    ParsecData data = ParsecData.fill(jdbc, target.bucket(), SPEC);
    if (migration == ParsecSchema.UPGRADED) {
      try (Connection connection = DriverManager.getConnection(jdbc)) {
        ParsecSchema.upgrade(connection);
      }
    }
    return new Source(target, data.referencedKeys());
  }

  private static String quoted(String name) {
    return '"' + name.replace("\"", "\"\"") + '"';
  }

  private static void execute(String database, String sql) {
    stack.database().execute(database, sql);
  }

  private static JobEnd<Backup> backup(Path repository, Map<String, String> source) {
    BackupService backups =
        PlainCore.backups(
            repository,
            source,
            new StableStorage(),
            PlainCore.Limits.USUAL,
            PlainCore.Sync.REFERENCES,
            Clock.systemUTC());
    return backups.start(Trigger.CLI).execute();
  }

  private static List<String> references(Path repository, String id) throws Exception {
    return Files.readAllLines(repository.resolve("backups/" + id + "/references.tsv")).stream()
        .map(line -> line.split("\t", -1)[0])
        .toList();
  }

  @ParameterizedTest
  @CsvSource({"24, public", "24, parsec", "26, public", "26, parsec", "26, 'Its \".own'"})
  void hasTheSameResultsInEachSchema(int migration, String schema) throws Exception {
    String name = "source-" + migration + "-" + schema.replaceAll("\\W", "");
    Source source = source(name, migration, schema);
    execute(
        name, "ALTER DATABASE %s SET search_path TO %s".formatted(quoted(name), quoted(schema)));
    Path repository = scratch.resolve(name);
    Backup backup = backup(repository, source.environment()).document();
    assertWhole(backup, migration, schema);
    assertEquals(BLOCKS, backup.objects().orElseThrow().copied());
    assertEquals(source.keys(), references(repository, backup.id()));

    JobService jobs = PlainCore.jobs(repository, source.environment());
    JobResult drill = jobs.drill("latest", Trigger.CLI).execute().document();
    assertEquals(JobState.COMPLETE, drill.state(), drill::toString);
    assertEquals(BLOCKS, drill.checked().objects());

    Path dump = repository.resolve("backups/" + backup.id() + "/database.dump");
    Path adopting = scratch.resolve(name + "-adopted");
    Adoption adoption = PlainCore.adoption(adopting, source.environment());
    JobResult adopted = PlainCore.adopt(adoption, Optional.of(dump));
    assertEquals(JobState.COMPLETE, adopted.state(), adopted::toString);
    Backup taken =
        PlainCore.backups(adopting, source.environment(), new StableStorage())
            .catalog()
            .published()
            .getFirst();
    assertWhole(taken, migration, schema);
    assertEquals(source.keys(), references(adopting, taken.id()));
  }

  private static void assertWhole(Backup backup, int migration, String schema) {
    assertEquals(JobState.COMPLETE, backup.state(), backup::toString);
    Backup.Postgres postgres = backup.postgres().orElseThrow();
    assertEquals(Optional.of(migration), postgres.parsecMigration());
    assertEquals(Optional.of(schema), postgres.schema());
    assertEquals(BLOCKS, backup.objects().orElseThrow().referenced());
    assertEquals(0, backup.objects().orElseThrow().missing());
  }

  /** SQL_ASCII accepts any bytes; a Parsec server could not read them either. */
  @Test
  void skipsAnOrganizationWhoseIdIsNotUtf8() throws Exception {
    stack.target("ascii");
    execute("postgres", "DROP DATABASE ascii");
    execute(
        "postgres",
        "CREATE DATABASE ascii OWNER parsec TEMPLATE template0 ENCODING 'SQL_ASCII' LOCALE 'C'");
    ParsecStack.Target target = stack.targetOf("ascii");
    ParsecData data = ParsecData.fill(stack.jdbc("ascii"), target.bucket(), SPEC);
    List<String> keys =
        data.referencedKeys().stream().filter(key -> !key.startsWith("CoolOrg/")).toList();
    execute(
        "ascii",
        "UPDATE organization SET organization_id = convert_from('\\xc96c', 'SQL_ASCII')"
            + " WHERE organization_id = 'CoolOrg'");
    Source source = new Source(target, keys);
    Path repository = scratch.resolve("ascii");
    Backup backup = backup(repository, source.environment()).document();
    assertEquals(JobState.COMPLETE, backup.state(), backup::toString);
    assertEquals(keys, references(repository, backup.id()));
    assertEquals(BLOCKS - keys.size(), backup.objects().orElseThrow().refused());
    assertTrue(
        backup.warnings().stream().anyMatch(w -> w.contains("not UTF-8") && w.contains("\\xc9l")),
        backup::toString);
    JobService jobs = PlainCore.jobs(repository, source.environment());
    JobResult drill = jobs.drill("latest", Trigger.CLI).execute().document();
    assertEquals(JobState.COMPLETE, drill.state(), drill::toString);
  }

  /** The backup's own role has another search path than the server's role. */
  @Test
  void findsTheOnlySchemaEvenOutsideTheSearchPath() throws Exception {
    Source source = source("elsewhere", 24, "apart");
    Path repository = scratch.resolve("elsewhere");
    Backup backup = backup(repository, source.environment()).document();
    assertWhole(backup, 24, "apart");

    ParsecStack.Target target = stack.target("elsewhere-new");
    JobService jobs = PlainCore.jobs(repository, new Source(target, List.of()).environment());
    RestoreRequest request =
        new RestoreRequest(
            Optional.empty(), Optional.empty(), RestoreRequest.Part.DATABASE, false, false, false);
    JobResult restored = jobs.restore("latest", request, Trigger.CLI).execute().document();
    assertEquals(JobState.COMPLETE, restored.state(), restored::toString);
    assertTrue(
        restored.warnings().stream()
            .anyMatch(
                w -> w.contains("ALTER DATABASE \"elsewhere-new\" SET search_path TO \"apart\"")),
        restored::toString);
  }

  @Test
  void takesTheSchemaInTheSearchPathIfThereAreSeveral() throws Exception {
    Source source = source("several", 24, "one");
    execute("several", "CREATE SCHEMA other AUTHORIZATION parsec");
    execute("several", "CREATE TABLE other.block (i int)");
    execute("several", "CREATE TABLE other.realm (i int)");
    execute("several", "CREATE TABLE other.organization (i int)");
    JobEnd<Backup> unclear = backup(scratch.resolve("unclear"), source.environment());
    assertEquals(JobState.FAILED, unclear.document().state());
    Problem problem = unclear.problem().orElseThrow();
    assertTrue(String.valueOf(problem.getMessage()).contains("one, other"), problem::toString);
    assertTrue(
        String.valueOf(problem.getMessage()).contains("?search_path=NAME"), problem::toString);

    execute("several", "ALTER ROLE parsec IN DATABASE several SET search_path TO one");
    execute("several", "ALTER TABLE other.block OWNER TO parsec");
    execute("several", "ALTER TABLE other.realm OWNER TO parsec");
    execute("several", "ALTER TABLE other.organization OWNER TO parsec");
    assertWhole(backup(scratch.resolve("clear"), source.environment()).document(), 24, "one");
  }
}
