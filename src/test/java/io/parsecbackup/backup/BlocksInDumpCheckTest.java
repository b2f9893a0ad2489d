package io.parsecbackup.backup;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parsecbackup.job.JobResult;
import io.parsecbackup.job.JobState;
import io.parsecbackup.job.Trigger;
import io.parsecbackup.repository.storage.folder.StableStorage;
import io.parsecbackup.restore.JobService;
import io.parsecbackup.restore.Subset;
import io.parsecbackup.restore.Verification;
import io.parsecbackup.testing.ParsecData;
import io.parsecbackup.testing.ParsecStack;
import io.parsecbackup.testing.PlainCore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * If a server keeps its blocks in its database, the proof counts the rows of the table block_data.
 */
@Timeout(120)
class BlocksInDumpCheckTest {

  @TempDir Path scratch;
  private ParsecStack stack;

  @BeforeEach
  void start() {
    stack = ParsecStack.start(ParsecData.Spec.of(12, 64).shared(2));
  }

  @AfterEach
  void stop() {
    stack.close();
  }

  private Map<String, String> source() {
    return Map.of("PARSEC_DB", stack.databaseUri(), "PARSEC_BLOCKSTORE", "POSTGRESQL");
  }

  private Backup backup() {
    BackupService backups =
        PlainCore.backups(scratch.resolve("repository"), source(), new StableStorage());
    return backups.start(Trigger.CLI).execute().document();
  }

  private Path missing(Backup backup) {
    return scratch.resolve("repository/backups/" + backup.id() + "/missing.txt");
  }

  private void sql(String statements) {
    stack.database().execute(ParsecStack.NAME, statements);
  }

  @Test
  void isCompleteWithEachBlockInTheDump() throws IOException {
    stack.keepBlocksInDatabase();
    sql(
        "INSERT INTO block_data SELECT 100, organization_id, gen_random_uuid(), 'orphan' FROM organization LIMIT 1");

    Backup backup = backup();

    assertEquals(JobState.COMPLETE, backup.state(), backup::toString);
    Backup.ObjectCounts objects = backup.objects().orElseThrow();
    assertEquals("none", objects.strategy());
    assertEquals(stack.data().referencedKeys().size(), objects.referenced());
    assertEquals(0, objects.missing());
    assertFalse(Files.exists(missing(backup)));
    JobService jobs = PlainCore.jobs(scratch.resolve("repository"), source());
    JobResult verified = jobs.verification("latest", Subset.ALL, Trigger.CLI).execute().document();
    assertEquals(JobState.COMPLETE, verified.state(), verified::toString);
    assertEquals(List.of(verified), jobs.history(Verification.KIND).records().newest(1));
  }

  @Test
  void isIncompleteWithoutABlockOrWithOneOfAnotherSize() throws IOException {
    stack.keepBlocksInDatabase();
    List<String> keys = stack.data().referencedKeys();
    sql(
        """
        DELETE FROM block_data WHERE organization_id || '/' || block_id = '%s';
        UPDATE block_data SET data = 'short' WHERE organization_id || '/' || block_id = '%s';
        UPDATE block_data SET data = '' WHERE organization_id || '/' || block_id = '%s'
        """
            .formatted(keys.get(0), keys.get(1), keys.get(2)));

    Backup backup = backup();

    assertEquals(JobState.INCOMPLETE, backup.state(), backup::toString);
    assertEquals(3, backup.objects().orElseThrow().missing());
    assertEquals(
        List.of(
            keys.get(0) + "\tblock_data has no such block",
            keys.get(1) + "\tthe table block says 64 bytes, block_data has 5",
            keys.get(2) + "\tthe table block says 64 bytes, block_data has 0"),
        Files.readAllLines(missing(backup)));
  }

  @Test
  void isIncompleteWithoutTheTable() throws IOException {
    sql("DROP TABLE block_data");

    Backup backup = backup();

    assertEquals(JobState.INCOMPLETE, backup.state(), backup::toString);
    List<String> lines = Files.readAllLines(missing(backup));
    assertEquals(stack.data().referencedKeys().size(), lines.size());
    assertTrue(lines.getFirst().endsWith("\tblock_data has no such block"), lines::toString);
  }
}
