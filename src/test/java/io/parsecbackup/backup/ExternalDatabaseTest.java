package io.parsecbackup.backup;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parsecbackup.job.JobState;
import io.parsecbackup.job.Trigger;
import io.parsecbackup.repository.storage.folder.StableStorage;
import io.parsecbackup.testing.EmbeddedDatabase;
import io.parsecbackup.testing.FileFacts;
import io.parsecbackup.testing.ParsecData;
import io.parsecbackup.testing.ParsecStack;
import io.parsecbackup.testing.PlainCore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Another tool backs up the database and can recover it to any time. PostgreSQL's own archive and
 * recovery stand for that tool here: what pgBackRest, CloudNativePG and hosted services use.
 */
@Timeout(180)
class ExternalDatabaseTest {

  private static final int RUNS = 2;

  @TempDir Path scratch;

  @Test
  void theRepositoryHasAllObjectsOfARecoveryUpToTheCoveredTime() throws Exception {
    Path repository = scratch.resolve("repository");
    Path objects = repository.resolve("objects");
    try (ParsecStack stack = ParsecStack.startWithArchive(ParsecData.Spec.of(5, 64))) {
      stack.database().takePhysicalBackup();
      Map<String, String> settings = new TreeMap<>(stack.environment());
      settings.put("PARSEC_BACKUP_DUMP_FORMAT", "none");
      BackupService backups =
          PlainCore.backups(
              repository,
              settings,
              new StableStorage(),
              PlainCore.Limits.USUAL,
              PlainCore.Sync.REFERENCES,
              Clock.systemUTC());
      Backup newest;
      Map<String, String> rows;
      try (BlockWriters writers = new BlockWriters(stack, 16)) {
        writers.allow(100);
        writers.awaitRows(20);
        newest = backup(backups);
        for (int run = 1; run < RUNS; run++) {
          // Some before the run, and many while it waits, takes its snapshot and reads.
          writers.allow(300);
          newest = backup(backups);
        }
        rows = writers.rows();
      }
      List<String> late = stack.data().addBlocks(3);
      Instant after = Instant.now();
      stack.database().archiveAll();

      Instant covered = newest.coveredUntil().orElseThrow();
      List<String> references =
          Files.readAllLines(repository.resolve("backups/" + newest.id() + "/references.tsv"));
      try (EmbeddedDatabase recovered = stack.database().recovered(covered)) {
        List<String> keys = ParsecData.referencedKeys(recovered.jdbc(ParsecStack.NAME));
        assertTrue(keys.size() >= 20, keys::toString);
        for (String key : keys) {
          assertTrue(references.stream().anyMatch(line -> line.startsWith(key + "\t")), key);
          String sha256 = FileFacts.sha256(objects.resolve(key));
          assertEquals(rows.getOrDefault(key, sha256), sha256, key);
        }
      }
      try (EmbeddedDatabase recovered = stack.database().recovered(after)) {
        assertTrue(ParsecData.referencedKeys(recovered.jdbc(ParsecStack.NAME)).containsAll(late));
        late.forEach(key -> assertFalse(Files.exists(objects.resolve(key)), key));
      }
    }
  }

  private static Backup backup(BackupService backups) {
    Instant before = Instant.now();
    Backup backup = backups.start(Trigger.CLI).execute().document();
    assertEquals(JobState.COMPLETE, backup.state(), backup::toString);
    Instant covered = backup.coveredUntil().orElseThrow();
    assertFalse(covered.isBefore(before), backup::toString);
    assertFalse(covered.isAfter(backup.snapshotAt().orElseThrow()), backup::toString);
    return backup;
  }
}
