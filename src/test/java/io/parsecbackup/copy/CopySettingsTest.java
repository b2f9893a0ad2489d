package io.parsecbackup.copy;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.parsecbackup.backup.BackupConfig;
import io.parsecbackup.backup.RepositorySettings;
import io.parsecbackup.backup.SourceSettings;
import io.parsecbackup.repository.Repository;
import io.parsecbackup.testing.PlainCore;
import io.smallrye.config.SmallRyeConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CopySettingsTest {

  private static SmallRyeConfig config(Map<String, String> settings) {
    return new SmallRyeConfigBuilder()
        .addDiscoveredConverters()
        .withMapping(BackupConfig.class)
        .withDefaultValues(settings)
        .withValidateUnknown(false)
        .build();
  }

  /** Operators read this in docs/operations.md. */
  @Test
  void thePrefixOfTheRepositoryDoesNotApplyToCopies() {
    SmallRyeConfig config =
        config(
            Map.of(
                "parsec.backup.repository",
                "s3:http\\://localhost\\:9000:r:backups:key:secret",
                "parsec.backup.repository-prefix",
                "parsec",
                "parsec.backup.copies",
                "s3:http\\://localhost\\:9001:r:elsewhere:key:secret\n/mnt/copy"));
    BackupConfig backup = config.getConfigMapping(BackupConfig.class);
    CopySettings settings =
        new CopySettings(
            new RepositorySettings(backup, PlainCore.storages()),
            new SourceSettings(config),
            backup);
    assertEquals("http://localhost:9000/backups/parsec", settings.source().location());
    assertEquals(
        List.of("http://localhost:9001/elsewhere", "/mnt/copy"),
        settings.copies().stream().map(Repository::location).toList());
  }
}
