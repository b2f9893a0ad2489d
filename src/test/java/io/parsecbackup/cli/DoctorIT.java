package io.parsecbackup.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.parsecbackup.testing.PackagedProgram;
import io.parsecbackup.testing.PackagedProgram.Ended;
import io.parsecbackup.testing.ParsecData;
import io.parsecbackup.testing.ParsecStack;
import io.parsecbackup.testing.RepositoryDamage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The doctor finds the failing party and names the fix. {@code DoctorTest} has the problems that it
 * finds in the same way.
 */
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
}
