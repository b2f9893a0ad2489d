package io.parsecbackup.cli;

import static java.util.Map.entry;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.parsecbackup.testing.PackagedProgram;
import io.parsecbackup.testing.PackagedProgram.Ended;
import io.parsecbackup.testing.ParsecData;
import io.parsecbackup.testing.ParsecStack;
import io.parsecbackup.testing.TreeComparison;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Backups, as an operator sees them. */
class BackupIT {

  @TempDir static Path folder;
  private static ParsecStack stack;
  private static Path repository;
  private static Ended first;

  @BeforeAll
  static void takeTheFirstBackup() {
    stack = ParsecStack.start(ParsecData.Spec.of(60, 4096).unreferenced(2, 2).shared(3));
    stack.keepBlocksInDatabase();
    repository = folder.resolve("repository");
    first = run("backup");
  }

  @AfterAll
  static void stop() {
    stack.close();
  }

  private static Ended run(String... arguments) {
    return PackagedProgram.run(environment(repository), arguments);
  }

  private static Map<String, String> environment(Path place, Map.Entry<String, String>... more) {
    Map<String, String> environment = new TreeMap<>(stack.environment());
    environment.put("PARSEC_BACKUP_REPOSITORY", place.toString());
    environment.putAll(Map.ofEntries(more));
    return environment;
  }

  private static String firstId() {
    return first.stdout().split(" ", 3)[1];
  }

  @Test
  void printsTheResultAndExitsWithZero() {
    assertEquals(0, first.exitCode(), first.all());
    assertTrue(first.stdout().contains(firstId() + " is complete"), first.stdout());
    assertTrue(first.stdout().contains("60 copied (240.0 KiB)"), first.stdout());
  }

  @Test
  void reachesTheDatabaseByItsSocket() {
    String socket =
        stack.databaseUri().replaceFirst("@127.0.0.1:\\d+", "@")
            + "?host=%s&port=%d"
                .formatted(stack.database().socketDirectory(), stack.database().port());
    Ended run =
        PackagedProgram.run(
            environment(folder.resolve("socket"), Map.entry("PARSEC_DB", socket)), "backup");
    assertEquals(0, run.exitCode(), run.all());
  }

  @Test
  void containsTheReferencedObjectsByteForByteWithTheirDatesAndNoOrphans() throws Exception {
    TreeComparison comparison = TreeComparison.of(repository.resolve("objects"), stack.bucket());
    assertEquals(60, comparison.same());
    assertEquals(4, comparison.missing().size(), comparison.toString());
    assertEquals(List.of(), comparison.extra());
    assertEquals(List.of(), comparison.differing());
    assertEquals(List.of(), comparison.misdated());
    assertEquals(
        stack.data().referencedKeys().stream().map(key -> key + "\t4096").toList(),
        Files.readAllLines(repository.resolve("backups/" + firstId() + "/references.tsv")));
  }

  @Test
  void hasTheDocumentedLayoutAndCountsOrphansWhenItComparesTheListing() throws Exception {
    Path own = folder.resolve("compared");
    Ended run = PackagedProgram.run(environment(own), "backup", "--json");
    JsonNode objects = run.json().path("objects");
    assertEquals("references", objects.path("strategy").asText(), run.all());
    assertEquals(60, objects.path("referenced").asInt());
    assertEquals(60 * 4096, objects.path("referencedBytes").asInt());
    assertEquals(60, objects.path("copied").asInt());
    assertFalse(objects.has("orphans"), run.all());
    assertEquals(run.json().path("startedAt"), objects.path("comparedAt"));
    assertLayout(own, run.json().path("id").asText());

    Ended next =
        PackagedProgram.run(
            environment(own, entry("PARSEC_BACKUP_SYNC_LISTING_EVERY", "0s")), "backup", "--json");
    assertEquals(0, next.exitCode(), next.all());
    assertEquals(4, next.json().path("objects").path("orphans").asInt(), next.all());
    assertEquals(0, next.json().path("objects").path("copied").asInt());
    assertEquals(next.json().path("startedAt"), next.json().path("objects").path("comparedAt"));
  }

  private static void assertLayout(Path own, String id) throws Exception {
    TreeSet<String> expected =
        new TreeSet<>(
            List.of(
                "parsec-backup.json",
                "lock",
                "objects",
                "index",
                "index/" + id + ".tsv",
                "backups",
                "backups/" + id,
                "backups/" + id + "/database.dump",
                "backups/" + id + "/references.tsv",
                "backups/" + id + "/rows.tsv",
                "backups/" + id + "/SHA256SUMS",
                "backups/" + id + "/backup.json",
                "runs",
                "runs/" + id + ".json",
                "tmp"));
    TreeSet<String> found = new TreeSet<>();
    try (Stream<Path> all = Files.walk(own)) {
      for (Path path : all.toList()) {
        assertEquals(
            Files.isDirectory(path) ? "rwx------" : "rw-------",
            PosixFilePermissions.toString(Files.getPosixFilePermissions(path)),
            path.toString());
        String name = own.relativize(path).toString();
        if (!name.isEmpty() && !name.startsWith("objects/")) {
          found.add(name);
        }
      }
    }
    assertEquals(expected, found);
  }

  @Test
  void copiesTheWholeBucketAndCompressesNothingWhenConfigured() {
    Path own = folder.resolve("listing");
    Ended run =
        PackagedProgram.run(
            environment(
                own,
                entry("PARSEC_BACKUP_SYNC_STRATEGY", "listing"),
                entry("PARSEC_BACKUP_DUMP_COMPRESSION", "none")),
            "backup",
            "--json");
    assertEquals(0, run.exitCode(), run.all());
    assertEquals(64, run.json().path("objects").path("copied").asInt());
    assertEquals(4, run.json().path("objects").path("orphans").asInt());
    TreeComparison comparison = TreeComparison.of(own.resolve("objects"), stack.bucket());
    assertTrue(comparison.isExact(), comparison.toString());
    assertEquals(64, comparison.same());
    assertTrue(
        run.json().path("dump").path("bytes").asLong()
            > repository.resolve("backups/" + firstId() + "/database.dump").toFile().length(),
        run.all());
  }

  @Test
  void writesChecksumsThatAnyMachineCanCheck() throws Exception {
    Shell.Result check =
        Shell.in(repository, "sha256sum", "-c", "backups/" + firstId() + "/SHA256SUMS");
    assertEquals(0, check.exitCode(), check.output());
    assertTrue(check.output().contains("index/" + firstId() + ".tsv: OK"), check.output());
  }

  @Test
  void writesADumpThatPgRestoreRestores() throws Exception {
    stack.database().createDatabase("restored", ParsecStack.NAME);
    String target = stack.databaseUri().replaceFirst("/parsec$", "/restored");
    Path dump = repository.resolve("backups/" + firstId() + "/database.dump");
    Shell.Result restore = Shell.in(folder, "pg_restore", "-1", "-d", target, dump.toString());
    assertEquals(0, restore.exitCode(), restore.output());
    assertEquals(Shell.plainDump(stack.databaseUri()), Shell.plainDump(target));
  }

  @Test
  void writesPlainSqlWhenConfigured() throws Exception {
    Path own = folder.resolve("plain");
    Ended run =
        PackagedProgram.run(
            environment(own, entry("PARSEC_BACKUP_DUMP_FORMAT", "plain")), "backup", "--json");
    assertEquals(0, run.exitCode(), run.all());
    assertEquals("database.sql", run.json().path("dump").path("file").asText());
    stack.database().createDatabase("from-plain", ParsecStack.NAME);
    String target = stack.databaseUri().replaceFirst("/parsec$", "/from-plain");
    Path sql = own.resolve("backups/" + run.json().path("id").asText() + "/database.sql");
    Shell.Result psql =
        Shell.in(folder, "psql", "-1", "-v", "ON_ERROR_STOP=1", "-f", sql.toString(), target);
    assertEquals(0, psql.exitCode(), psql.output());
    assertEquals(Shell.plainDump(stack.databaseUri()), Shell.plainDump(target));
  }

  @Test
  void copiesNothingTheSecondTimeAndShowsBothWithoutTheSource() {
    Ended second = run("backup", "--json");
    assertEquals(0, second.exitCode(), second.all());
    JsonNode backup = second.json();
    assertEquals(0, backup.path("objects").path("copied").asInt());
    assertEquals(60, backup.path("objects").path("skipped").asInt());
    assertEquals(60, backup.path("objects").path("referenced").asInt());
    String id = backup.path("id").asText();

    assertEquals(backup, run("show", "--json").json());
    assertEquals(backup, run("show", "latest", "--json").json());
    JsonNode list = run("list", "--json").json();
    assertEquals(id, list.path("backups").path(0).path("id").asText());
    assertEquals(firstId(), list.path("backups").path(1).path("id").asText());
    // These need no other setting than the repository.
    Map<String, String> alone = Map.of("PARSEC_BACKUP_REPOSITORY", repository.toUri().toString());
    Ended table = PackagedProgram.run(alone, "list");
    assertEquals(0, table.exitCode(), table.all());
    List<String> lines = table.stdout().lines().toList();
    assertTrue(lines.get(0).startsWith("ID "), lines.toString());
    assertTrue(lines.get(1).startsWith(id + "  complete"), lines.toString());
    assertTrue(lines.get(3).startsWith("repository: "), lines.toString());
    Ended shown = PackagedProgram.run(alone, "show", firstId());
    assertEquals(0, shown.exitCode(), shown.all());
    assertTrue(shown.stdout().contains("60 copied"), shown.all());
  }

  @Test
  void readsTheServersSettingsFromItsCommandLineArguments() {
    Map<String, String> environment =
        Map.of(
            "PARSEC_CMD_ARGS",
            "--db " + stack.databaseUri() + " -b POSTGRESQL --host 0.0.0.0",
            "PARSEC_BACKUP_REPOSITORY",
            folder.resolve("arguments").toString());
    Ended run = PackagedProgram.run(environment, "backup", "--json");
    assertEquals(0, run.exitCode(), run.all());
    assertEquals("none", run.json().path("objects").path("strategy").asText());
  }

  @Test
  void fetchesNoBlocksThatAreInTheDumpAndNeverTakesADamagedBackup() throws Exception {
    Path own = folder.resolve("damaged");
    String good = backupId(own);
    try (Stream<Path> objects = Files.list(own.resolve("objects"))) {
      assertEquals(0, objects.count(), "the blocks are in the dump");
    }
    String bad = backupId(own);
    Path file = own.resolve("backups/" + bad + "/backup.json");
    Files.writeString(file, Files.readString(file).replace("\"copied\" : 0", "\"copied\" : 1"));
    Ended show = PackagedProgram.run(environment(own), "show");
    assertTrue(show.stdout().contains(good), show.all());
    assertTrue(show.stderr().contains("newer backup " + bad + " is damaged"), show.all());
    Ended list = PackagedProgram.run(environment(own), "list");
    assertFalse(list.stdout().contains(bad), list.all());
    assertTrue(list.stderr().contains(bad + " is damaged"), list.all());
    assertEquals(1, PackagedProgram.run(environment(own), "show", bad).exitCode());

    Ended other =
        PackagedProgram.run(
            environment(own), "list", "--repository", folder.resolve("mistyped").toString());
    assertEquals(1, other.exitCode(), other.all());
    assertTrue(other.stderr().contains("there is no repository at "), other.all());
  }

  private static String backupId(Path own) {
    Ended run =
        PackagedProgram.run(
            environment(own, entry("PARSEC_BLOCKSTORE", "postgresql")), "backup", "--json");
    assertEquals(0, run.exitCode(), run.all());
    return run.json().path("id").asText();
  }
}
