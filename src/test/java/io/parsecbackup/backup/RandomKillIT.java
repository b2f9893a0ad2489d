package io.parsecbackup.backup;

import io.parsecbackup.testing.CrashLab;
import io.parsecbackup.testing.Victim;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The packaged program is killed at random moments, with its repository in a folder. */
class RandomKillIT {

  @TempDir Path scratch;

  @Test
  void theNextRunRecoversFromEveryKill() throws Exception {
    RandomKills.of(this::program, scratch);
  }

  private Victim program(CrashLab lab, Path repository, String strategy) {
    Map<String, String> environment = new TreeMap<>(lab.environment());
    environment.put("PARSEC_BACKUP_REPOSITORY", repository.toString());
    environment.put("PARSEC_BACKUP_SYNC_STRATEGY", strategy);
    // The test compares all backups with those before; the default would remove the eighth.
    environment.put("PARSEC_BACKUP_RETENTION_KEEP_LAST", "unlimited");
    return Victim.program(environment, scratch, "backup");
  }
}
