package io.parsecbackup.backup;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parsecbackup.Problem;
import io.smallrye.config.EnvConfigSource;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.util.Locale;
import java.util.Map;
import org.eclipse.microprofile.config.spi.ConfigSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A setting of a later version is refused, so that nobody relies on it. */
class UnsupportedSettingsTest {

  private static UnsupportedSettings settings(ConfigSource source) {
    SmallRyeConfig config = new SmallRyeConfigBuilder().withSources(source).build();
    return new UnsupportedSettings(config);
  }

  @ParameterizedTest
  @ValueSource(strings = {"notify.webhook-url", "notify.ping-url"})
  void refusesASettingOfALaterVersionInEverySource(String key) {
    String property = "parsec.backup." + key;
    String variable = property.toUpperCase(Locale.ROOT).replaceAll("[.-]", "_");
    for (ConfigSource source :
        new ConfigSource[] {
          new PropertiesConfigSource(Map.of(property, "S3CRET"), "properties", 400),
          new EnvConfigSource(Map.of(variable, "S3CRET"), 300)
        }) {
      Problem problem = assertThrows(Problem.class, () -> settings(source).refuse());
      assertEquals(2, problem.exitCode());
      String message = String.valueOf(problem.getMessage());
      assertTrue(message.contains(property) && message.contains(variable), message);
      assertFalse(message.contains("S3CRET"), message);
    }
  }

  @Test
  void refusesAListWithOneVariablePerValue() {
    for (ConfigSource source :
        new ConfigSource[] {
          new PropertiesConfigSource(
              Map.of("parsec.backup.encryption.recipients[0]", "age1x"), "properties", 400),
          new EnvConfigSource(Map.of("PARSEC_BACKUP_ENCRYPTION_RECIPIENTS_0_", "age1x"), 300)
        }) {
      assertThrows(Problem.class, () -> settings(source).refuse());
    }
  }

  @Test
  void acceptsOff() {
    assertDoesNotThrow(() ->
        settings(new EnvConfigSource(Map.of("PARSEC_BACKUP_NOTIFY_PING_URL", "off"), 300))
            .refuse());
  }

  @ParameterizedTest
  @CsvSource({
    "VERIFY_SCHEDULE, 0 5 * * *",
    "VERIFY_SUBSET, 1/7",
    "DRILL_SCHEDULE, every 7d",
    "DRILL_DATABASE, postgresql://localhost/"
  })
  void acceptsTheSettingsOfVerificationsAndDrills(String name, String value) {
    assertDoesNotThrow(
        () -> settings(new EnvConfigSource(Map.of("PARSEC_BACKUP_" + name, value), 300)).refuse());
  }
}
