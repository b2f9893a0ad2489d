package io.parsecbackup.dump;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parsecbackup.Problem;
import io.parsecbackup.dump.archive.DumpFormat;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class DumpConfigTest {

  @Test
  void hasTheDocumentedDefaults() {
    DumpSettings settings = settings(Map.of());
    assertEquals(DumpFormat.CUSTOM, settings.format());
    assertEquals(new Compression("auto"), settings.compression());
    assertEquals(Duration.ofMinutes(5), settings.lockWaitTimeout());
  }

  @Test
  void readsEachKey() {
    DumpSettings settings =
        settings(
            Map.of(
                "parsec.backup.dump.format", "custom",
                "parsec.backup.dump.compression", "zstd:3",
                "parsec.backup.dump.lock-wait-timeout", "90s"));
    assertEquals(new Compression("zstd:3"), settings.compression());
    assertEquals(Duration.ofSeconds(90), settings.lockWaitTimeout());
    assertEquals(DumpFormat.PLAIN, settings(Map.of("parsec.backup.dump.format", "plain")).format());
  }

  @Test
  void takesNoDumpIfAnotherToolDoes() {
    assertEquals(Optional.empty(), settings(Map.of("parsec.backup.dump.format", "none")).taken());
    Problem refused =
        assertThrows(
            Problem.class,
            () ->
                settings(
                    Map.of(
                        "parsec.backup.dump.format", "none",
                        "parsec.backup.dump.compression", "zstd")));
    assertEquals(Problem.Kind.CONFIGURATION, refused.kind());
  }

  @Test
  void refusesAnUnknownFormat() {
    assertThrows(
        RuntimeException.class, () -> settings(Map.of("parsec.backup.dump.format", "tar")));
  }

  @Test
  void aFolderIsDumpedByOneToSixtyFourJobs() {
    DumpSettings settings =
        settings(Map.of("parsec.backup.dump.format", "directory", "parsec.backup.dump.jobs", "3"));
    assertEquals(DumpFormat.DIRECTORY, settings.format());
    assertEquals(3, settings.jobs());
    int usual = settings(Map.of()).jobs();
    assertTrue(usual >= 1 && usual <= 4);
    for (String wrong : new String[] {"0", "65"}) {
      Problem refused =
          assertThrows(Problem.class, () -> settings(Map.of("parsec.backup.dump.jobs", wrong)));
      assertTrue(String.valueOf(refused.getMessage()).contains("dump.jobs=" + wrong));
    }
  }

  private static DumpSettings settings(Map<String, String> properties) {
    SmallRyeConfig config =
        new SmallRyeConfigBuilder()
            .addDiscoveredConverters()
            .withSources(new PropertiesConfigSource(properties, "test", 100))
            .withMapping(DumpConfig.class)
            .build();
    return DumpSettings.from(config.getConfigMapping(DumpConfig.class));
  }
}
