package io.parsecbackup.backup;

import io.parsecbackup.testing.BucketServer;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The program's core, in a process of its own, is killed at random moments, with its repository in
 * a bucket. This is not the packaged program, because its lease lasts a minute, for which each
 * round would wait.
 */
class RandomBucketKillTest {

  @TempDir Path scratch;

  @Test
  void theNextRunRecoversFromEveryKill() throws Exception {
    try (BucketServer.Use bucket = BucketServer.use()) {
      RandomKills.of(
          (lab, repository, strategy) ->
              lab.start(repository, "never", 1, Map.of("PARSEC_BACKUP_SYNC_STRATEGY", strategy)),
          scratch);
    }
  }
}
