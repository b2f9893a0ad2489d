package io.parsecbackup.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
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
import io.parsecbackup.testing.S3Request.Kind;
import io.parsecbackup.testing.TreeComparison;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Failures of the source, and what the operator sees of them. */
class FailureIT {

  @TempDir static Path folder;
  private static ParsecStack stack;

  private static final Map<String, PackagedProgram> FAILING = new HashMap<>();

  @BeforeAll
  static void start() {
    stack = ParsecStack.start(ParsecData.Spec.of(60, 4096));
    // They mostly wait, so they run at the same time.
    for (Place place : List.of(noDatabase(), wrongPassword(), noBucket(), wrongKey())) {
      FAILING.put(place.repository().toString(), place.start("backup"));
    }
  }

  @AfterAll
  static void stop() {
    FAILING.values().forEach(PackagedProgram::close);
    stack.close();
  }

  private static Ended ended(Place place) {
    return Objects.requireNonNull(FAILING.get(place.repository().toString())).await();
  }

  private static Place noDatabase() {
    return place("no-database").with("PARSEC_DB", "postgresql://parsec:S3CRET@127.0.0.1:1/parsec");
  }

  private static Place wrongPassword() {
    return place("wrong-password")
        .with("PARSEC_DB", stack.database().uri("parsec", "parsec", "S3CRET-password"));
  }

  private static Place noBucket() {
    return place("no-bucket").with("PARSEC_BLOCKSTORE", stack.blockstore("http://127.0.0.1:1"));
  }

  private static Place wrongKey() {
    String blockstore =
        "s3:"
            + stack.s3().endpoint().toString().replace(":", "\\:")
            + ":r:parsec:"
            + stack.s3().accessKey()
            + ":S3CRET-key";
    return place("wrong-key").with("PARSEC_BLOCKSTORE", blockstore);
  }

  private static Place place(String name) {
    return Place.of(stack, folder.resolve(name));
  }

  private static void assertFailed(Place place, Ended run, String... words) {
    assertEquals(1, run.exitCode(), run.all());
    assertEquals("", run.stdout());
    for (String word : words) {
      assertTrue(run.stderr().contains(word), word + " is not in: " + run.stderr());
    }
    assertEquals(List.of(), place.published());
  }

  @Test
  void failsClearlyWithoutTheDatabase() {
    Place place = noDatabase();
    Ended run = ended(place);
    assertFailed(place, run, "The database cannot be reached", "PARSEC_DB");
    assertFalse((run.all() + place.texts()).contains("S3CRET"));
  }

  @Test
  void failsClearlyWithAWrongPassword() {
    Place place = wrongPassword();
    Ended run = ended(place);
    assertFailed(place, run, "refused the login", "PARSEC_DB");
    assertFalse((run.all() + place.texts()).contains("S3CRET"));
  }

  @Test
  void failsClearlyWithoutTheBucket() {
    Place place = noBucket();
    assertFailed(place, ended(place), "bucket parsec cannot be listed", "PARSEC_BLOCKSTORE");
  }

  @Test
  void failsClearlyWithAWrongSecretKey() {
    Place place = wrongKey();
    Ended run = ended(place);
    assertFailed(place, run, "cannot be listed", "403", "PARSEC_BLOCKSTORE");
    assertFalse((run.all() + place.texts()).contains("S3CRET"));
    JsonNode shown = place.run("list", "--all", "--json").json().path("backups").path(0);
    assertEquals("failed", shown.path("state").asText());
    assertTrue(shown.path("error").asText().contains("403"), shown.toString());
  }

  @Test
  void refusesAnotherSourceUntilItIsAdopted() {
    Place place = place("other-source").with("PARSEC_BLOCKSTORE", "POSTGRESQL");
    assertEquals(3, place.run("backup").exitCode());
    stack.database().createDatabase("other", ParsecStack.NAME);
    Place other = place.with("PARSEC_DB", stack.databaseUri().replaceFirst("/parsec$", "/other"));
    Ended refused = other.run("backup");
    assertEquals(1, refused.exitCode(), refused.all());
    assertTrue(refused.stderr().contains("bound to database parsec"), refused.stderr());
    assertTrue(refused.stderr().contains("'adopt'"), refused.stderr());
    Ended adopted = other.run("adopt");
    assertEquals(0, adopted.exitCode(), adopted.all());
    // It has no tables of Parsec, so its backup cannot be verified.
    assertEquals(3, other.run("backup").exitCode());
    assertEquals(2, place.published().size());
    assertEquals(
        1, place.run("backup").exitCode(), "the repository is bound to the new source now");
  }

  @Test
  void publishesWhatItHasWhenAnObjectStaysUnreadable() throws Exception {
    String key = stack.data().referencedKeys().get(7);
    try (FaultyProxy proxy = FaultyProxy.before(stack.s3().endpoint())) {
      proxy.when(Kind.GET_OBJECT, key, Fault.status(500));
      Place place = Place.through(proxy, stack, folder.resolve("incomplete"));
      Ended run = place.run("backup", "--json");
      assertEquals(3, run.exitCode(), run.all());
      JsonNode backup = run.json();
      assertEquals("incomplete", backup.path("state").asText());
      assertEquals(1, backup.path("objects").path("failed").asInt());
      assertEquals(59, backup.path("objects").path("copied").asInt());
      Path home = place.repository().resolve("backups/" + backup.path("id").asText());
      assertTrue(Files.readString(home.resolve("missing.txt")).contains(key));
      Shell.Result check =
          Shell.in(place.repository(), "sha256sum", "-c", home.resolve("SHA256SUMS").toString());
      assertEquals(0, check.exitCode(), check.output());
      Ended latest = place.run("show");
      assertEquals(1, latest.exitCode(), latest.all());
      assertEquals(0, place.run("show", backup.path("id").asText()).exitCode());

      proxy.reset();
      Ended next = place.run("backup");
      assertEquals(0, next.exitCode(), next.all());
      assertEquals(List.of(key), proxy.fetched());
    }
  }

  @Test
  void replacesWhatChangedAndKeepsTheOldBytes() throws Exception {
    String key = "CoolOrg/replaced";
    try {
      stack.bucket().put(key, "before");
      Place place = place("changed").byListing();
      assertEquals(0, place.run("backup").exitCode());
      stack.bucket().put(key, "after!");
      Ended run = place.run("backup", "--json");
      assertEquals(0, run.exitCode(), run.all());
      assertEquals(1, run.json().path("objects").path("conflicts").asInt());
      assertEquals(1, run.json().path("objects").path("copied").asInt());
      assertTrue(TreeComparison.of(place.objects(), stack.bucket()).isExact());
      try (Stream<Path> kept = Files.list(place.repository().resolve("conflicts").resolve(key))) {
        assertEquals(List.of("before"), kept.map(FailureIT::text).toList());
      }
    } finally {
      stack.bucket().delete(key);
    }
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @Test
  void isCompleteWithoutKeysThatCannotBeFiles() {
    List<String> bad =
        List.of(
            "../x",
            "/x",
            "a//b",
            "a/",
            "CoolOrg/" + "x".repeat(300),
            "a/./b",
            "a\u0000b",
            "p/q/r",
            "\u001b[2J\u202e//");
    try {
      stack.bucket().put("p/q", "a key that another one has before it");
      bad.forEach(key -> stack.bucket().put(key, "no file"));
      Place place = place("bad-keys").byListing();
      Ended run = place.run("backup", "--json");
      assertEquals(0, run.exitCode(), run.all());
      JsonNode objects = run.json().path("objects");
      assertEquals("complete", run.json().path("state").asText());
      assertEquals(bad.size(), objects.path("refused").asInt(), run.all());
      assertEquals(61, objects.path("copied").asInt());
      assertTrue(run.json().path("warnings").toString().contains("cannot be file names"));
      assertTrue(run.stderr().contains("../x"), run.stderr());
      assertTrue(run.stderr().contains("'\\x1b[2J\\u202e//'"), run.stderr());
      assertFalse(run.all().matches("(?s).*[\u0000\u001b\u202e].*"), "the terminal would obey");
      assertFalse(Files.exists(place.repository().resolve("x")));
      assertArrayEquals(
          "a key that another one has before it".getBytes(java.nio.charset.StandardCharsets.UTF_8),
          text(place.objects().resolve("p/q")).getBytes(java.nio.charset.StandardCharsets.UTF_8));
    } finally {
      bad.forEach(stack.bucket()::delete);
      stack.bucket().delete("p/q");
    }
  }
}
