package io.parsecbackup.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.parsecbackup.cli.output.ProblemPrinter;
import io.parsecbackup.copy.CopyConfig;
import io.parsecbackup.repository.storage.Layout;
import io.parsecbackup.repository.storage.folder.StableStorage;
import io.parsecbackup.testing.ParsecData;
import io.parsecbackup.testing.ParsecStack;
import io.parsecbackup.testing.PlainCore;
import io.parsecbackup.testing.RepositoryPlace;
import io.parsecbackup.testing.RepositoryProof;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The copies that follow the command {@code backup}. */
class BackupCommandTest {

  private static ParsecStack stack;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @BeforeAll
  static void start() {
    stack = ParsecStack.start(ParsecData.Spec.of(5, 512));
  }

  @AfterAll
  static void stop() {
    stack.close();
  }

  /** A repository in a new folder, a place for its copy, and one that holds something else. */
  private record Places(Path repository, Path good, Path bad) {

    static Places in(Path folder) throws Exception {
      Path bad = Files.createDirectories(folder.resolve("bad"));
      Files.writeString(bad.resolve("holiday.jpg"), "not a backup");
      return new Places(folder.resolve("repository"), folder.resolve("good"), bad);
    }

    String copies() {
      return RepositoryPlace.setting(bad) + "\n" + RepositoryPlace.setting(good);
    }
  }

  private int backup(Places places, String schedule, String... arguments) {
    Map<String, String> settings = new TreeMap<>(stack.environment());
    settings.put("PARSEC_BACKUP_REPOSITORY", RepositoryPlace.setting(places.repository()));
    settings.put("PARSEC_BACKUP_COPIES", places.copies());
    CopyConfig config = () -> schedule;
    return new CommandLine(
            new BackupCommand(
                UsageTest.check(settings),
                PlainCore.backups(places.repository(), stack.environment(), new StableStorage()),
                PlainCore.parted(
                    places.repository(),
                    stack.environment(),
                    new StableStorage(),
                    PlainCore.Limits.USUAL),
                PlainCore.copies(places.repository(), places.copies(), new StableStorage()),
                config))
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .setExecutionExceptionHandler(new ProblemPrinter())
        .execute(arguments);
  }

  private static void assertCopied(Places places) {
    RepositoryProof copy = new RepositoryProof(places.good());
    copy.allAreWhole();
    copy.holds(stack.bucket());
    assertEquals(published(places.repository()), published(places.good()));
  }

  /** A copy has an id of its own. */
  private static Map<String, String> published(Path repository) {
    Map<String, String> files = new TreeMap<>(new RepositoryProof(repository).published());
    files.remove(Layout.IDENTITY);
    return files;
  }

  @Test
  void copiesToTheGoodPlaceAndNamesTheBadOne(@TempDir Path own) throws Exception {
    Places places = Places.in(own);
    assertEquals(0, backup(places, CopyConfig.AFTER_BACKUP), () -> out + "\n" + err);
    assertCopied(places);
    assertTrue(out.toString().contains(" is complete"), out.toString());
    assertFalse(out.toString().contains("copy"), out.toString());
    String bad = PlainCore.repository(places.bad()).location();
    String good = PlainCore.repository(places.good()).location();
    assertTrue(err.toString().contains("copy: failed: " + bad), err.toString());
    assertTrue(err.toString().contains("is not a repository, and is not empty"), err.toString());
    assertTrue(err.toString().contains("copy: complete: " + good), err.toString());
    assertTrue(err.toString().contains("the copy has failed: 1 copy of 2 failed"), err.toString());
  }

  @Test
  void printsOneJsonDocument(@TempDir Path own) throws Exception {
    Places places = Places.in(own);
    assertEquals(0, backup(places, CopyConfig.AFTER_BACKUP, "--json"), () -> out + "\n" + err);
    assertCopied(places);
    try (MappingIterator<JsonNode> documents =
        new ObjectMapper().readerFor(JsonNode.class).readValues(out.toString())) {
      assertEquals("complete", documents.next().path("state").asText());
      assertFalse(documents.hasNext(), out.toString());
    }
    assertTrue(err.toString().contains("copy: failed: "), err.toString());
  }

  @Test
  void copiesNothingIfTheCopiesHaveAScheduleOfTheirOwn(@TempDir Path own) throws Exception {
    Places places = Places.in(own);
    assertEquals(0, backup(places, "0 5 * * *"), () -> out + "\n" + err);
    assertFalse(Files.exists(places.good()));
    assertEquals("", err.toString());
  }

  @Test
  void takesABackupInSteps(@TempDir Path own) throws Exception {
    Places places = Places.in(own);
    assertEquals(2, backup(places, "off", "--plan", "2", "--join"));
    assertEquals(0, backup(places, "off", "--plan", "2"), () -> out + "\n" + err);
    assertTrue(out.toString().contains("5 objects to fetch or to compare, in 2 parts"));
    assertEquals(0, backup(places, "off", "--discard"), () -> out + "\n" + err);
    assertEquals(0, backup(places, "off", "--plan", "2"), () -> out + "\n" + err);
    assertEquals(0, backup(places, "off", "--part", "0"), () -> out + "\n" + err);
    assertEquals(0, backup(places, "off", "--part", "1", "--json"), () -> out + "\n" + err);
    assertEquals(0, backup(places, CopyConfig.AFTER_BACKUP, "--join"), () -> out + "\n" + err);
    assertCopied(places);
  }
}
