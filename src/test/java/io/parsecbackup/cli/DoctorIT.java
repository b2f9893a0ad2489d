package io.parsecbackup.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.parsecbackup.testing.Fault;
import io.parsecbackup.testing.FaultyProxy;
import io.parsecbackup.testing.PackagedProgram;
import io.parsecbackup.testing.PackagedProgram.Ended;
import io.parsecbackup.testing.ParsecData;
import io.parsecbackup.testing.ParsecStack;
import io.parsecbackup.testing.RepositoryDamage;
import io.parsecbackup.testing.S3Request.Kind;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The doctor finds the failing party and names the fix. */
class DoctorIT {

  @TempDir static Path folder;
  private static ParsecStack stack;

  @BeforeAll
  static void start() {
    stack = ParsecStack.start(ParsecData.Spec.of(10, 4096));
  }

  @AfterAll
  static void stop() {
    stack.close();
  }

  private static Place place(String name) {
    return Place.of(stack, folder.resolve(name));
  }

  private static void assertFailed(int exitCode, Ended run, String party, String... words) {
    assertEquals(exitCode, run.exitCode(), run.all());
    String line =
        run.stdout()
            .lines()
            .filter(l -> l.startsWith("FAILED") && l.contains("  " + party + " "))
            .findFirst()
            .orElseThrow(() -> new AssertionError(run.all()));
    for (String word : words) {
      assertTrue(line.contains(word), word + " is not in: " + line);
    }
    assertFalse(run.all().contains("S3CRET"), run.all());
  }

  @Test
  void findsNoProblemsAndChangesNothing() throws Exception {
    Place place = place("new");
    Ended run = place.run("doctor");
    assertEquals(0, run.exitCode(), run.all());
    assertFalse(run.stdout().contains("FAILED"), run.stdout());
    for (String party :
        new String[] {
          "rights",
          "objects",
          "storage",
          "dates",
          "flush",
          "space",
          "clock",
          "verification",
          "drill"
        }) {
      assertTrue(run.stdout().contains("  " + party + " "), party + ": " + run.stdout());
    }
    assertFalse(Files.exists(place.repository()));
    try (Stream<Path> left = Files.list(folder)) {
      assertFalse(left.anyMatch(file -> file.getFileName().toString().contains("doctor")));
    }
    JsonNode json = place.run("doctor", "--json").json();
    assertEquals("configuration", json.path("checks").path(0).path("check").asText());
    assertEquals("ok", json.path("checks").path(0).path("state").asText());
  }

  @Test
  void namesAMisspeltVariable() {
    Ended run = place("misspelt").with("PARSEC_BACKUP_SCHEDUL", "every 1h").run("doctor");
    assertEquals(0, run.exitCode(), run.all());
    assertTrue(
        run.stdout().contains("unknown settings, without effect: PARSEC_BACKUP_SCHEDUL"),
        run.all());
    Ended missing =
        PackagedProgram.run(Map.of("PARSEC_BACKUP_REPOSITROY", folder.toString()), "doctor");
    assertTrue(
        missing.stdout().contains("without effect: PARSEC_BACKUP_REPOSITROY"), missing.all());
  }

  @Test
  void reportsDamageUntilABackupRepairsIt() throws Exception {
    Place place = place("verified");
    assertTrue(place.run("doctor").stdout().contains("no backup has been verified yet"));
    assertEquals(0, place.run("backup").exitCode());
    try (Stream<Path> files = Files.walk(place.objects())) {
      RepositoryDamage.flip(files.filter(Files::isRegularFile).findFirst().orElseThrow());
    }
    assertEquals(3, place.run("verify").exitCode());
    assertTrue(place.run("doctor").stdout().contains("damaged objects are known"));
    assertEquals(0, place.run("backup").exitCode());
    Ended repaired = place.run("verify");
    assertEquals(0, repaired.exitCode(), repaired.all());
    assertFalse(place.run("doctor").stdout().contains("damaged objects are known"));
  }

  @Test
  void reportsAnUnreachableDatabaseAndBucket() {
    Ended run =
        place("down")
            .with("PARSEC_DB", "postgresql://u:S3CRET@127.0.0.1:1/parsec")
            .with("PARSEC_BLOCKSTORE", "s3:http\\://127.0.0.1\\:1:r:parsec:key:S3CRET")
            .run("doctor");
    assertFailed(1, run, "database", "PARSEC_DB");
    assertFailed(1, run, "blockstore", "PARSEC_BLOCKSTORE");
  }

  @Test
  void reportsAnInvalidSetting() {
    assertFailed(
        2,
        place("wrong").with("PARSEC_BLOCKSTORE", "s3:S3CRET").run("doctor"),
        "blockstore",
        "PARSEC_BLOCKSTORE");
  }

  @Test
  void namesTheMissingGrant() {
    stack.database().execute("parsec", "ALTER TABLE realm OWNER TO postgres");
    try {
      assertFailed(
          1, place("rights").run("doctor"), "rights", "realm", "GRANT pg_read_all_data TO parsec");
    } finally {
      stack.database().execute("parsec", "ALTER TABLE realm OWNER TO parsec");
    }
  }

  @Test
  void reportsABucketThatCanBeListedButNotRead() {
    try (FaultyProxy proxy = FaultyProxy.before(stack.s3().endpoint())) {
      proxy.when(Kind.GET_OBJECT, Fault.status(403));
      assertFailed(
          1,
          Place.through(proxy, stack, folder.resolve("no-get")).run("doctor"),
          "objects",
          "s3:GetObject");
    }
  }

  @Test
  void reportsARepositoryOfAnotherSourceAndDamagedBackups() throws Exception {
    Place place = place("sick").with("PARSEC_BLOCKSTORE", "POSTGRESQL");
    assertEquals(3, place.run("backup").exitCode());
    String id = place.published().getFirst();
    Path file = place.repository().resolve("backups/" + id + "/backup.json");
    Files.writeString(file, Files.readString(file).replace("complete", "complere"));
    Ended run = place("sick").run("doctor");
    assertFailed(1, run, "backups", id, "copy");
    assertFailed(1, run, "binding", "'adopt'");
  }

  @Test
  void reportsAFolderWithOtherContent() throws Exception {
    Path other = Files.createDirectories(folder.resolve("other"));
    Files.writeString(other.resolve("thesis.txt"), "years of work");
    assertFailed(1, place("other").run("doctor"), "repository", "thesis.txt");
  }
}
