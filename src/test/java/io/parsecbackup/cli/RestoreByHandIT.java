package io.parsecbackup.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parsecbackup.testing.AgeKeys;
import io.parsecbackup.testing.AwsCli;
import io.parsecbackup.testing.DocumentedCommands;
import io.parsecbackup.testing.EmbeddedDatabase;
import io.parsecbackup.testing.EmbeddedS3;
import io.parsecbackup.testing.PackagedProgram.Ended;
import io.parsecbackup.testing.ParsecData;
import io.parsecbackup.testing.ParsecStack;
import io.parsecbackup.testing.Tool;
import io.parsecbackup.testing.TreeComparison;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The page for a restore without parsec-backup: its own commands restore a backup into another
 * database server and another object store.
 */
class RestoreByHandIT {

  private static final Path PAGE = Path.of("docs", "restore-by-hand.md");
  private static final String BUCKET = "restored-blocks";
  private static final String ROLE_PASSWORD = "another password";

  @TempDir static Path folder;
  private static ParsecStack source;

  @BeforeAll
  static void start() {
    source = ParsecStack.start(ParsecData.Spec.of(60, 4096).unreferenced(2, 2));
  }

  @AfterAll
  static void stop() {
    source.close();
  }

  @Test
  void restoresACustomDumpAndKeepsTheExistingDatabase() throws Exception {
    try (EmbeddedDatabase target = EmbeddedDatabase.open();
        EmbeddedS3 store = EmbeddedS3.open()) {
      target.createRole(ParsecStack.NAME, ROLE_PASSWORD);
      target.createDatabase(ParsecStack.NAME, ParsecStack.NAME);
      target.execute(ParsecStack.NAME, "CREATE TABLE older(n int)");
      restores("custom", "custom", Map.of(), Map.of(), target, store);
      target.execute(ParsecStack.NAME + "_before_restore", "SELECT n FROM older");
    }
  }

  /** From a copy, after the repository is lost. */
  @Test
  void restoresAPlainDump() throws Exception {
    try (EmbeddedDatabase target = EmbeddedDatabase.open();
        EmbeddedS3 store = EmbeddedS3.open()) {
      target.createRole(ParsecStack.NAME, ROLE_PASSWORD);
      restores("plain", "plain", Map.of(), Map.of(), target, store);
    }
  }

  @Test
  void restoresAnEncryptedDump() throws Exception {
    new Tool("age").assumeInstalled();
    AgeKeys keys = AgeKeys.create();
    try (EmbeddedDatabase target = EmbeddedDatabase.open();
        EmbeddedS3 store = EmbeddedS3.open()) {
      target.createRole(ParsecStack.NAME, ROLE_PASSWORD);
      Map<String, String> identity = Map.of("IDENTITY", AgeKeys.file(folder, keys).toString());
      restores("custom", "encrypted", AgeKeys.recipients(keys), identity, target, store);
    }
  }

  @Test
  void stopsAtTheFirstSectionThatFindsDamage() throws Exception {
    try (EmbeddedDatabase target = EmbeddedDatabase.open();
        EmbeddedS3 store = EmbeddedS3.open()) {
      Path repository = folder.resolve("damaged");
      String id = backup("custom", repository, Map.of());
      Path document = repository.resolve("backups").resolve(id).resolve("backup.json");
      Files.writeString(document, Files.readString(document).replace("\"UTF8\"", "\"UTF9\""));
      Shell.Result run = run(script(), repository, id, Map.of(), target, store);
      assertEquals(1, run.exitCode(), run.output());
      assertTrue(run.output().contains("THE SEAL IS WRONG"), run.output());
      assertEquals(0, store.bucket(BUCKET).size());
    }
  }

  private static void restores(
      String format,
      String name,
      Map<String, String> settings,
      Map<String, String> variables,
      EmbeddedDatabase target,
      EmbeddedS3 store)
      throws Exception {
    Path repository = folder.resolve(name);
    String id = backup(format, repository, settings);
    if (format.equals("plain")) {
      repository = onlyCopyOf(repository);
    }
    Shell.Result run = run(script(), repository, id, variables, target, store);
    assertEquals(0, run.exitCode(), run.output());
    for (String sign : List.of("FAILED", "(dryrun)", "not in the repository", "ERROR", "rror:")) {
      assertFalse(run.output().contains(sign), run.output());
    }

    assertEquals(
        Shell.plainDump(source.databaseUri()),
        Shell.plainDump(target.uri(ParsecStack.NAME, ParsecStack.NAME, ROLE_PASSWORD)));
    TreeComparison objects = TreeComparison.of(repository.resolve("objects"), store.bucket(BUCKET));
    assertEquals(64, objects.same(), objects.toString());
    assertEquals(source.bucket().list(), store.bucket(BUCKET).list());
    for (String key : source.bucket().list()) {
      assertEquals(
          source.bucket().object(key).orElseThrow().etag(),
          store.bucket(BUCKET).object(key).orElseThrow().etag(),
          key);
    }
  }

  /** Copies a repository, and loses it. */
  private static Path onlyCopyOf(Path repository) throws Exception {
    Path copy = folder.resolve("copy");
    Ended copied =
        Place.of(source, repository)
            .with("PARSEC_BACKUP_COPIES", copy.toString())
            .run("copy", "--json");
    assertEquals(0, copied.exitCode(), copied.all());
    assertEquals(1, copied.json().path("copies").path(0).path("backups").asInt());
    Files.move(repository, folder.resolve("lost"));
    return copy;
  }

  private static String backup(String format, Path repository, Map<String, String> settings) {
    Place place = Place.of(source, repository).with("PARSEC_BACKUP_DUMP_FORMAT", format);
    Ended backup = place.with(settings).byListing().run("backup", "--json");
    assertEquals(0, backup.exitCode(), backup.all());
    return backup.json().path("id").asText();
  }

  /** All commands of the page. */
  private static Path script() throws Exception {
    return Files.writeString(
        Files.createTempFile(folder, "page", ".sh"), DocumentedCommands.fenced(PAGE));
  }

  private static Shell.Result run(
      Path script,
      Path repository,
      String id,
      Map<String, String> variables,
      EmbeddedDatabase target,
      EmbeddedS3 store)
      throws Exception {
    Map<String, String> environment = new TreeMap<>(AwsCli.environment(store));
    environment.putAll(variables);
    environment.putAll(
        Map.of(
            "REPOSITORY",
            repository.toString(),
            "BACKUP",
            id,
            "BUCKET",
            BUCKET,
            "ENDPOINT",
            store.endpoint().toString(),
            "DATABASE",
            ParsecStack.NAME,
            "OWNER",
            ParsecStack.NAME));
    environment.putAll(
        Map.of(
            "PGHOST", "127.0.0.1",
            "PGPORT", Integer.toString(target.port()),
            "PGUSER", target.superuser(),
            "PGPASSWORD", target.password()));
    return Shell.with(folder, environment, List.of("sh", "-eu", script.toString()));
  }
}
