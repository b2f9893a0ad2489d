package io.parsecbackup.backup;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parsecbackup.Problem;
import io.parsecbackup.TargetText;
import io.parsecbackup.copy.CopySettings;
import io.parsecbackup.testing.PlainCore;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Selecting another repository than the configured one. */
class OtherRepositoryTest {

  @TempDir Path folder;

  private RepositorySettings at(String text, Map<String, String> environment) {
    return new RepositorySettings(
            PlainCore.backupConfig(folder.resolve("configured")), PlainCore.storages())
        .at(new TargetText("--repository", text), environment);
  }

  @Test
  void readsThePlaceFromTheOptionAVariableOrAFile() throws Exception {
    Path copy = folder.resolve("copy");
    Path file = Files.writeString(folder.resolve("place"), copy + "\n");
    assertEquals(copy, Path.of(at(copy.toString(), Map.of()).repository().location()));
    assertEquals(copy, Path.of(at(copy.toUri().toString(), Map.of()).repository().location()));
    assertEquals(
        copy, Path.of(at("env:COPY", Map.of("COPY", copy.toString())).repository().location()));
    assertEquals(copy, Path.of(at("@" + file, Map.of()).repository().location()));
    assertFalse(Files.exists(copy), "nothing may be created");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "s3:https\\://h:r:bucket:key:S3CRET",
        "S3:h:r:bucket:key:S3CRET",
        "https\\://h:r:bucket:key:S3CRET",
        ":r:bucket:key:S3CRET",
        "h:r:bucket:key:S3CRET",
        "file::r:bucket:key:S3CRET",
        "env:NOT_SET"
      })
  void refusesASecretInAnArgumentAndAVariableThatIsNotSet(String text) {
    assertRefused("--repository ", () -> at(text, Map.of()).repository());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https\\://h:r:bucket:key:S3CRET",
        ":r:bucket:key:S3CRET",
        "h\\:9000:r:bucket:key:S3CRET",
        "\0:r:bucket:key:S3CRET",
        "file::r:bucket:key:S3CRET"
      })
  void printsNoSecretIfTheFirstFieldIsMissing(String value) {
    assertRefused(
        "--repository env:COPY names neither",
        () -> at("env:COPY", Map.of("COPY", value)).repository());
    RepositorySettings configured = configured(Map.of("parsec.backup.repository", value));
    assertRefused("parsec.backup.repository names neither", configured::repository);
    assertRefused(
        "parsec.backup.copies names neither", () -> configured.open("parsec.backup.copies", value));
  }

  private static RepositorySettings configured(Map<String, String> settings) {
    SmallRyeConfig config =
        new SmallRyeConfigBuilder()
            .addDiscoveredConverters()
            .withMapping(BackupConfig.class)
            .withSources(new PropertiesConfigSource(settings, "test", 100))
            .build();
    return new RepositorySettings(
        config.getConfigMapping(BackupConfig.class), PlainCore.storages());
  }

  private static void assertRefused(String begin, Executable reading) {
    Problem refused = assertThrows(Problem.class, reading);
    String message = String.valueOf(refused.getMessage());
    assertEquals(Problem.Kind.CONFIGURATION, refused.kind());
    assertTrue(message.startsWith(begin), message);
    for (Throwable one = refused; one != null; one = one.getCause()) {
      assertFalse(String.valueOf(one.getMessage()).contains("S3CRET"), one::toString);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "s3:h:r:bucket:key:S3CRET NDPART",
        "s3:h:r:bucket:key:S3CRET NDPART:more",
        "h\\:1:r:bucket:key:S3CRET NDPART"
      })
  void printsNothingOfASecretWithABlank(String copies) {
    RepositorySettings configured =
        new RepositorySettings(
            PlainCore.backupConfig(folder.resolve("configured")), PlainCore.storages());
    CopySettings settings =
        new CopySettings(
            configured, new SourceSettings(new SmallRyeConfigBuilder().build()), copies);
    Problem refused = assertThrows(Problem.class, settings::copies);
    String message = String.valueOf(refused.getMessage());
    assertTrue(message.startsWith("parsec.backup.copies names neither"), message);
    assertFalse(message.contains("S3CRET") || message.contains("NDPART"), message);
  }

  @Test
  void usesThePrefixForTheConfiguredRepositoryOnly() {
    String place = "s3:http\\://h\\:9:r:bucket:key:S3CRET";
    RepositorySettings configured =
        configured(
            Map.of(
                "parsec.backup.repository",
                place,
                "parsec.backup.repository-prefix",
                "some/where"));
    String whole = configured.repository().location();
    assertTrue(whole.endsWith("bucket/some/where"), whole);
    Map<String, String> environment =
        Map.of("COPY", place + "\n", "OTHER", place.replace("bucket", "other"));
    assertEquals(whole, selected(configured, "env:COPY", environment));
    assertTrue(selected(configured, "env:OTHER", environment).endsWith("/other"));
  }

  private static String selected(
      RepositorySettings configured, String text, Map<String, String> environment) {
    return configured.at(new TargetText("--repository", text), environment).repository().location();
  }

  @Test
  void namesTheOptionInErrors() {
    Problem refused =
        assertThrows(
            Problem.class, () -> Path.of(at("relative", Map.of()).repository().location()));
    assertTrue(String.valueOf(refused.getMessage()).startsWith("--repository is 'relative'"));
  }
}
