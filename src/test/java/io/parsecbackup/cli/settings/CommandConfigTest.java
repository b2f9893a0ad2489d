package io.parsecbackup.cli.settings;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parsecbackup.backup.BackupConfig;
import io.parsecbackup.copy.CopyConfig;
import io.parsecbackup.dump.DumpChoice;
import io.parsecbackup.dump.DumpConfig;
import io.parsecbackup.objectstore.s3.TransferConfig;
import io.parsecbackup.repository.encryption.EncryptionConfig;
import io.parsecbackup.restore.DrillConfig;
import io.parsecbackup.restore.VerifyConfig;
import io.smallrye.config.ConfigValidationException;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CommandConfigTest {

  @AfterEach
  void forget() {
    CommandConfig.reset();
  }

  /** As Quarkus reads it when it starts: every mapping, whatever the command. */
  private static SmallRyeConfig config(Map<String, String> values) {
    return new SmallRyeConfigBuilder()
        .addDefaultInterceptors()
        .addDiscoveredConverters()
        .withCustomizers(new CommandConfig())
        .withMapping(BackupConfig.class)
        .withMapping(DumpConfig.class)
        .withMapping(EncryptionConfig.class)
        .withMapping(TransferConfig.class)
        .withMapping(VerifyConfig.class)
        .withMapping(DrillConfig.class)
        .withMapping(CopyConfig.class)
        .withSources(new PropertiesConfigSource(values, "environment", 300))
        .withValidateUnknown(false)
        .build();
  }

  @ParameterizedTest
  @CsvSource({
    "list, time-zone, Mars",
    "list, run-timeout, often",
    "show, dump.format, tar",
    "accept, time-zone, Mars",
    "verify, sync.strategy, all",
    "drill, sync.concurrency, abc",
    "restore, dump.lock-wait-timeout, x",
    "restore, max-age, x",
    "backup, max-age, x",
    "adopt, max-age, x",
    "copy, max-age, x",
  })
  void readsNoSettingThatTheCommandDoesNotUse(String command, String key, String wrong) {
    CommandConfig.once(command, "--json");
    config(Map.of("parsec.backup." + key, wrong));
  }

  @ParameterizedTest
  @CsvSource({
    "verify, run-timeout, often",
    "copy, run-timeout, often",
    "restore, sync.concurrency, abc",
    "backup, dump.format, tar",
    "backup, time-zone, Mars",
    "backup, sync.listing-every, x",
    "adopt, sync.bandwidth-limit, x",
    "verify, sync.bandwidth-limit, x",
    "drill, sync.bandwidth-limit, x",
    "doctor, time-zone, Mars",
  })
  void readsTheSettingsThatTheCommandUses(String command, String key, String wrong) {
    CommandConfig.once(command);
    Map<String, String> values = Map.of("parsec.backup." + key, wrong);
    ConfigValidationException refused =
        assertThrows(ConfigValidationException.class, () -> config(values));
    String message = String.valueOf(refused.getMessage());
    assertTrue(message.contains(key), message);
  }

  /** A backup itself needs no identity, but the prune that follows it reads references. */
  @ParameterizedTest
  @CsvSource({
    "backup, true",
    "prune, true",
    "adopt, true",
    "accept, true",
    "verify, true",
    "drill, true",
    "restore, true",
    "copy, false",
    "list, false"
  })
  void readsTheIdentityForCommandsThatMayDecrypt(String command, boolean reads) {
    CommandConfig.once(command);
    EncryptionConfig encryption =
        config(Map.of("parsec.backup.encryption.identity-file", "/keys/identity.txt"))
            .getConfigMapping(EncryptionConfig.class);
    assertEquals(reads, encryption.identityFile().isPresent());
  }

  @Test
  void readsAllSettingsForTheService() {
    assertThrows(
        ConfigValidationException.class, () -> config(Map.of("parsec.backup.time-zone", "Mars")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"--help", "-h", "--version", "-V"})
  void readsNoSettingForHelp(String option) {
    CommandConfig.once("backup", option);
    config(Map.of("parsec.backup.dump.format", "tar", "parsec.backup.repository", "${x}"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " "})
  void treatsAnEmptyValueAsNotSet(String nothing) {
    Map<String, String> values = new TreeMap<>();
    KnownSettings.DEFAULTS.keySet().forEach(key -> values.put("parsec.backup." + key, nothing));
    SmallRyeConfig config = config(values);
    BackupConfig backup = config.getConfigMapping(BackupConfig.class);
    assertEquals("0 2 * * *", backup.schedule());
    assertEquals(ZoneOffset.UTC, backup.timeZone().normalized());
    assertEquals(Optional.empty(), backup.repository());
    assertEquals(Optional.empty(), backup.maxAge());
    assertEquals(DumpChoice.CUSTOM, config.getConfigMapping(DumpConfig.class).format());
    assertEquals(
        Optional.of(Duration.ofDays(7)),
        config.getConfigMapping(TransferConfig.class).listingEvery());
    assertEquals(Optional.empty(), config.getConfigMapping(TransferConfig.class).concurrency());
    assertEquals("1/30", config.getConfigMapping(VerifyConfig.class).subset());
    assertEquals("off", config.getConfigMapping(DrillConfig.class).schedule());
    assertEquals("after-backup", config.getConfigMapping(CopyConfig.class).schedule());
  }

  /** The repository's own check then names the variable. */
  @Test
  void keepsAReferenceToAVariableThatIsNotSet() {
    SmallRyeConfig config = config(Map.of("parsec.backup.repository", "${NOT_SET_AT_ALL}/x"));
    assertEquals(
        Optional.of("${NOT_SET_AT_ALL}/x"),
        config.getConfigMapping(BackupConfig.class).repository());
  }

  /** A list shows the copies, and a backup is followed by them. */
  @ParameterizedTest
  @CsvSource({"list, true", "backup, true", "copy, true", "show, false", "verify, false"})
  void readsTheCopiesForTheCommandsThatUseThem(String command, boolean used) {
    CommandConfig.once(command);
    assertEquals(
        used,
        config(Map.of("parsec.backup.copies", "/copy"))
            .getConfigMapping(BackupConfig.class)
            .copies()
            .isPresent());
  }
}
