package io.parsecbackup.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.parsecbackup.testing.PackagedProgram;
import io.parsecbackup.testing.PackagedProgram.Ended;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Wrong arguments and settings end the packaged program with exit code 2 and a helpful message: one
 * case of each kind. {@link UsageTest} has all cases.
 */
class UsageIT {

  private static final String DB = "postgresql://parsec:S3CRET-db@127.0.0.1:1/parsec";
  private static final String BUCKET = "s3:http\\://127.0.0.1\\:1:r:bucket:key:S3CRET-key";

  @TempDir Path folder;

  private Map<String, String> environment() {
    Map<String, String> environment = new TreeMap<>();
    environment.put("PARSEC_DB", DB);
    environment.put("PARSEC_BLOCKSTORE", BUCKET);
    environment.put("PARSEC_BACKUP_REPOSITORY", folder.resolve("repository").toString());
    return environment;
  }

  private static void assertRefused(Ended run, String... words) {
    assertEquals(2, run.exitCode(), run.all());
    assertFalse(run.all().contains("S3CRET"), run.all());
    for (String word : words) {
      assertTrue(run.all().contains(word), word + " is not in: " + run.all());
    }
  }

  /** In other arguments {@code @file} names a file with a secret. */
  @Test
  void neverShowsWhatIsInAFileThatAnArgumentNames() throws IOException {
    Path secret = Files.writeString(folder.resolve("secret"), "postgresql://u:S3CRET@h/parsec");
    assertRefused(PackagedProgram.run(environment(), "show", "@" + secret));
    Ended restore = PackagedProgram.run(environment(), "restore", "--database", "@" + secret);
    assertEquals(1, restore.exitCode(), restore.all());
    assertFalse(restore.all().contains("S3CRET"), restore.all());
  }

  /** Settings with invalid values. */
  private static final Map<String, String> WRONG =
      Map.of(
          "PARSEC_DB", "mysql://u:S3CRET@h/d",
          "PARSEC_BLOCKSTORE", "$BLOCKSTORE",
          "PARSEC_BACKUP_TIME_ZONE", "Mars",
          "PARSEC_BACKUP_SCHEDULE", "sometimes",
          "PARSEC_BACKUP_SYNC_CONCURRENCY", "abc",
          "PARSEC_BACKUP_RUN_TIMEOUT", "often",
          "PARSEC_BACKUP_DUMP_FORMAT", "tar",
          "AWS_CA_BUNDLE", "/nowhere.pem",
          "QUARKUS_HTTP_PORT", "99999 bottles");

  @Test
  void printsHelpWhateverTheSettings() {
    Map<String, String> environment = new TreeMap<>(WRONG);
    environment.put("PARSEC_BACKUP_REPOSITORY", "no path of anything");
    environment.put("QUARKUS_LOG_LEVEL", "LOUD");
    Ended run = PackagedProgram.run(environment, "backup", "--help");
    assertEquals(0, run.exitCode(), run.all());
    assertTrue(run.stdout().startsWith("Usage: parsec-backup"), run.all());
    assertEquals("", run.stderr());
    assertTrue(run.stdout().contains("--json"), run.stdout());
  }

  @Test
  void ignoresInvalidSettingsThatTheCommandDoesNotUse() throws IOException {
    Map<String, String> environment = new TreeMap<>(WRONG);
    environment.put(
        "PARSEC_BACKUP_REPOSITORY", Files.createDirectory(folder.resolve("empty")).toString());
    Ended run = PackagedProgram.run(environment, "list");
    assertEquals(0, run.exitCode(), run.all());
    assertTrue(run.stdout().startsWith("no backup yet"), run.all());
    assertEquals("", run.stderr());
  }

  @Test
  void refusesUnknownArguments() {
    Ended run = PackagedProgram.run(environment(), "serve", "--nonsense");
    assertRefused(run);
    assertEquals("", run.stdout());
    assertFalse(run.stderr().contains("Listening on"), run.stderr());
  }

  @Test
  void namesTheSettingThatIsMissing() {
    Map<String, String> environment = environment();
    environment.remove("PARSEC_DB");
    assertRefused(PackagedProgram.run(environment, "backup"), "PARSEC_DB", "is not set");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "PARSEC_BLOCKSTORE|s3:e:r:S3CRET|PARSEC_BLOCKSTORE|5",
        "AWS_CA_BUNDLE|/nowhere.pem|AWS_CA_BUNDLE|/nowhere.pem",
      })
  void namesTheInvalidSettingAndTheExpectedValue(
      String key, String value, String named, String expected) {
    Map<String, String> environment = environment();
    environment.put(key, value);
    Ended run = PackagedProgram.run(environment, "backup");
    assertRefused(run, named, expected == null ? "" : expected);
    assertEquals("", run.stdout());
    assertFalse(Files.exists(folder.resolve("repository")), "nothing may be created");
  }

  @Test
  void printsJsonWhenItCannotStart() {
    Map<String, String> environment = environment();
    environment.put("PARSEC_BACKUP_SYNC_STRATEGY", "all");
    Ended run = PackagedProgram.run(environment, "backup", "--json");
    assertRefused(run, "parsec.backup.sync.strategy");
    assertEquals("configuration", run.json().path("problem").asText());
  }

  @Test
  void reportsAPortInUseInOneLine() throws IOException {
    try (ServerSocket taken = new ServerSocket(0)) {
      Map<String, String> environment = environment();
      environment.put("QUARKUS_HTTP_PORT", String.valueOf(taken.getLocalPort()));
      Ended run = PackagedProgram.run(environment, "serve");
      assertEquals(1, run.exitCode(), run.all());
      assertTrue(
          run.stderr().contains("the port " + taken.getLocalPort() + " cannot be opened"),
          run.all());
      assertFalse(run.all().contains("\tat "), run.all());
    }
  }

  @Test
  void readsSettingsFromSystemProperties() {
    assertRefused(
        PackagedProgram.run(environment(), "-Dparsec.backup.sync.listing-every=often", "backup"),
        "parsec.backup.sync.listing-every");
  }

  @Test
  void refusesALocaleThatCannotNameTheFiles() {
    assumeFalse(
        PackagedProgram.isNative(), "the machine that builds it may decide on the encoding");
    Map<String, String> environment = environment();
    environment.put("LC_ALL", "C");
    assertRefused(PackagedProgram.run(environment, "backup"), "LANG=C.UTF-8");
  }

  @ParameterizedTest
  @CsvSource({
    "QUARKUS_HTTP_PORT, 99999, 65535",
    "PARSEC_BACKUP_API_TOKEN, S3CRET, parsec.backup.api.token",
  })
  void endsTheStartOfTheService(String key, String value, String said) {
    Map<String, String> environment = environment();
    environment.put("QUARKUS_HTTP_PORT", "0");
    environment.put(key, value);
    Ended run = PackagedProgram.run(environment, "serve");
    assertRefused(run, said);
    assertFalse(run.all().contains("\tat "), run.all());
  }

  @Test
  void changesNoFolderWithOtherContent() throws Exception {
    Path other = Files.createDirectory(folder.resolve("other"));
    Files.writeString(other.resolve("thesis.txt"), "years of work");
    Map<String, String> environment = environment();
    environment.put("PARSEC_BACKUP_REPOSITORY", other.toString());
    for (String command : new String[] {"backup", "adopt"}) {
      Ended run = PackagedProgram.run(environment, command);
      assertEquals(1, run.exitCode(), run.all());
      assertTrue(run.stderr().contains("thesis.txt"), run.stderr());
    }
    try (var files = Files.list(other)) {
      assertEquals(1, files.count());
    }
  }
}
