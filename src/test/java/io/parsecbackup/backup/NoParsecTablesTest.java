package io.parsecbackup.backup;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parsecbackup.job.JobState;
import io.parsecbackup.job.Trigger;
import io.parsecbackup.repository.storage.folder.StableStorage;
import io.parsecbackup.testing.ParsecData;
import io.parsecbackup.testing.ParsecStack;
import io.parsecbackup.testing.PlainCore;
import io.parsecbackup.testing.TreeComparison;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A database without Parsec's tables says nothing about the bucket, so nothing is proven. */
@Timeout(120)
class NoParsecTablesTest {

  @TempDir Path scratch;

  @Test
  void copiesTheWholeBucketAndWarns() {
    try (ParsecStack stack = ParsecStack.start(ParsecData.Spec.of(5, 64).unreferenced(2, 0))) {
      String database = stack.target("other").databaseUri();
      BackupService backups =
          PlainCore.backups(
              scratch.resolve("repository"),
              Map.of("PARSEC_DB", database, "PARSEC_BLOCKSTORE", stack.blockstore()),
              new StableStorage(),
              PlainCore.Limits.USUAL,
              PlainCore.Sync.REFERENCES,
              Clock.systemUTC());
      Backup backup = backups.start(Trigger.CLI).execute().document();

      assertEquals(JobState.INCOMPLETE, backup.state(), backup::toString);
      assertEquals(Optional.empty(), backup.postgres().orElseThrow().schema());
      Backup.ObjectCounts objects = backup.objects().orElseThrow();
      assertEquals("listing", objects.strategy());
      assertEquals(0, objects.referenced());
      assertEquals(7, objects.copied());
      assertTrue(objects.orphans().isEmpty());
      List<String> warnings = backup.warnings();
      assertTrue(
          warnings.stream()
              .anyMatch(w -> w.contains("no tables of a Parsec server") && w.contains("PARSEC_DB")),
          warnings::toString);
      Path root = scratch.resolve("repository");
      assertTrue(TreeComparison.of(root.resolve("objects"), stack.bucket()).isExact());
      assertFalse(Files.exists(root.resolve("backups/" + backup.id() + "/references.tsv")));
    }
  }
}
