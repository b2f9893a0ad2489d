package io.parsecbackup.cli.settings;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parsecbackup.Problem;
import io.parsecbackup.backup.BackupConfig;
import io.parsecbackup.backup.RepositorySettings;
import io.parsecbackup.backup.SourceSettings;
import io.parsecbackup.backup.UnsupportedSettings;
import io.parsecbackup.copy.CopyConfig;
import io.parsecbackup.copy.CopySettings;
import io.parsecbackup.dump.DatabaseDumper;
import io.parsecbackup.dump.DumpConfig;
import io.parsecbackup.objectstore.s3.TransferConfig;
import io.parsecbackup.postgres.InstalledPgTools;
import io.parsecbackup.repository.encryption.Encryption;
import io.parsecbackup.repository.encryption.EncryptionConfig;
import io.parsecbackup.restore.DrillConfig;
import io.parsecbackup.restore.VerifyConfig;
import io.parsecbackup.retention.RetentionConfig;
import io.parsecbackup.retention.RetentionSettings;
import io.parsecbackup.schedule.ScheduledKinds;
import io.parsecbackup.testing.PlainCore;
import io.smallrye.config.SmallRyeConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StartupCheckTest {

  private static final Map<String, String> RIGHT =
      Map.of(
          "PARSEC_DB",
          "postgresql://parsec:secret@localhost/parsec",
          "PARSEC_BLOCKSTORE",
          "s3:http\\://localhost\\:9000:r:bucket:key:secret",
          "parsec.backup.repository",
          "/var/backups/parsec");

  @Test
  void acceptsValidSettings() {
    check(Map.of()).run();
  }

  @ParameterizedTest
  @CsvSource({
    "parsec.backup.schedule, every day, parsec.backup.schedule",
    "parsec.backup.schedule, 0 25 * * *, parsec.backup.schedule",
    "parsec.backup.dump.compression, brotli, parsec.backup.dump.compression",
    "parsec.backup.dump.lock-wait-timeout, 0s, parsec.backup.dump.lock-wait-timeout",
    "parsec.backup.run-timeout, 0s, parsec.backup.run-timeout",
    "parsec.backup.max-age, -1h, parsec.backup.max-age",
    "parsec.backup.repository, s3://bucket/prefix, parsec.backup.repository",
    "parsec.backup.repository, backups, absolute path",
    "parsec.backup.repository, ./backups, absolute path",
    "parsec.backup.repository, ~/backups, absolute path",
    "parsec.backup.repository, file:backups, absolute path",
    "parsec.backup.repository, '\"/var/backups\"', Remove the quotes",
    "parsec.backup.repository, '''/var/backups''', Remove the quotes",
    "parsec.backup.repository, /srv/$NAME/backups, $NAME",
    "parsec.backup.retention.keep-last, some, parsec.backup.retention.keep-last",
    "parsec.backup.retention.keep-yearly, -1, parsec.backup.retention.keep-yearly",
    "parsec.backup.retention.objects, all, parsec.backup.retention.objects",
    "parsec.backup.copies, /a relative, parsec.backup.copies is 'relative'",
    "parsec.backup.copies, /same /same, parsec.backup.copies names /same",
    "parsec.backup.copies, https://u:secret@h/, parsec.backup.copies begins with",
    "parsec.backup.copy.schedule, after-restore, parsec.backup.copy.schedule",
    "parsec.backup.verify.schedule, daily, parsec.backup.verify.schedule",
    "parsec.backup.verify.subset, 31/30, parsec.backup.verify.subset",
    "parsec.backup.drill.schedule, every 7, parsec.backup.drill.schedule",
    "parsec.backup.drill.database, mysql://u:secret@h/x, parsec.backup.drill.database",
    "parsec.backup.drill.database, postgresql://u:secret@h/x?sslmode=no, parsec.backup.drill.data",
    "PARSEC_DB, mysql://localhost/x, PARSEC_DB",
    "PARSEC_BLOCKSTORE, s3:x, PARSEC_BLOCKSTORE"
  })
  void refusesAnInvalidSettingAndNamesIt(String key, String value, String named) {
    Problem problem = assertThrows(Problem.class, () -> check(Map.of(key, value)).run());

    assertEquals(2, problem.exitCode());
    String message = String.valueOf(problem.getMessage());
    assertTrue(message.contains(named), message);
    assertTrue(!message.contains("secret"), message);
  }

  @Test
  void checksTheIdentityUnlessOnlyABackupIsTaken() {
    StartupCheck check =
        check(Map.of("parsec.backup.encryption.identity-file", "/nonexistent/identity.txt"));
    Problem problem = assertThrows(Problem.class, check::run);
    assertTrue(String.valueOf(problem.getMessage()).contains("/nonexistent/identity.txt"));
    check.runForBackup();
  }

  @ParameterizedTest
  @CsvSource({
    "parsec.backup.drill.schedule, every 7d, parsec.backup.drill.schedule",
    "parsec.backup.dump.compression, zstd, parsec.backup.dump.compression=zstd",
    "PARSEC_BLOCKSTORE, POSTGRESQL, leaves nothing to back up"
  })
  void refusesWhatNeedsADumpIfAnotherToolBacksUpTheDatabase(
      String key, String value, String named) {
    String format = "parsec.backup.dump.format";
    check(Map.of(format, "none")).run();
    Problem problem =
        assertThrows(Problem.class, () -> check(Map.of(format, "none", key, value)).run());
    assertEquals(2, problem.exitCode());
    assertTrue(String.valueOf(problem.getMessage()).contains(named), named);
  }

  /** Whoever can delete the server's blocks can delete everything else in their buckets. */
  @ParameterizedTest
  @CsvSource({
    "parsec.backup.repository, s3:http\\://localhost\\:9000:r:bucket:other:secret",
    "parsec.backup.copies, /copy s3:http\\://LOCALHOST\\:9000/:r:bucket:other:secret",
    "parsec.backup.copies, s3:http\\://localhost\\:9001:r:second:other:secret"
  })
  void refusesAPlaceInABucketOfTheServer(String key, String place) {
    String other = "s3:http\\://localhost\\:9001:r:second:key:secret";
    String blockstore = "RAID1:0:" + RIGHT.get("PARSEC_BLOCKSTORE") + " RAID1:1:" + other;
    Map<String, String> settings = new HashMap<>(Map.of(key, place));
    settings.put("PARSEC_BLOCKSTORE", blockstore);
    if (key.equals("parsec.backup.repository")) {
      settings.put("parsec.backup.repository-prefix", "backups");
    }
    Problem problem = assertThrows(Problem.class, () -> check(settings).run());

    assertEquals(2, problem.exitCode());
    String message = String.valueOf(problem.getMessage());
    assertTrue(message.startsWith(key + " names http"), message);
    assertTrue(message.contains("which is in the bucket of PARSEC_BLOCKSTORE"), message);
    assertTrue(!message.contains("secret"), message);
  }

  private static StartupCheck check(Map<String, String> changes) {
    Map<String, String> values = new HashMap<>(RIGHT);
    values.putAll(changes);
    SmallRyeConfig config =
        new SmallRyeConfigBuilder()
            .addDiscoveredConverters()
            .withMapping(BackupConfig.class)
            .withMapping(DumpConfig.class)
            .withMapping(EncryptionConfig.class)
            .withMapping(TransferConfig.class)
            .withMapping(VerifyConfig.class)
            .withMapping(DrillConfig.class)
            .withMapping(RetentionConfig.class)
            .withMapping(CopyConfig.class)
            .withDefaultValues(values)
            .withValidateUnknown(false)
            .build();
    BackupConfig backup = config.getConfigMapping(BackupConfig.class);
    return new StartupCheck(
        new UnsupportedSettings(config),
        new SourceSettings(config),
        new RepositorySettings(backup, PlainCore.storages()),
        new DatabaseDumper(
            config.getConfigMapping(DumpConfig.class),
            new InstalledPgTools(Optional.empty()),
            new Encryption(config.getConfigMapping(EncryptionConfig.class))),
        new CopySettings(
            new RepositorySettings(backup, PlainCore.storages()),
            new SourceSettings(config),
            backup),
        new ScheduleCheck(backup, ScheduledKinds.of(config)),
        new RetentionSettings(config.getConfigMapping(RetentionConfig.class), backup));
  }
}
