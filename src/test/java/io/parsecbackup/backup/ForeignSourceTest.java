package io.parsecbackup.backup;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parsecbackup.Problem;
import io.parsecbackup.job.JobEnd;
import io.parsecbackup.job.JobState;
import io.parsecbackup.job.Trigger;
import io.parsecbackup.repository.storage.folder.StableStorage;
import io.parsecbackup.testing.ParsecData;
import io.parsecbackup.testing.ParsecStack;
import io.parsecbackup.testing.PlainCore;
import io.parsecbackup.testing.RepositoryProof;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A repository accepts backups of only one source. */
@Timeout(120)
class ForeignSourceTest {

  @TempDir static Path scratch;
  private static ParsecStack ours;
  private static ParsecStack deployment;
  private static ParsecStack.Target other;
  private static Path repository;

  @BeforeAll
  static void start() {
    ours = ParsecStack.start(ParsecData.Spec.of(8, 64));
    deployment = ParsecStack.startWithOwnCluster(ParsecData.Spec.of(8, 64).seed(2));
    other = ours.target("other");
    repository = scratch.resolve("repository");
    assertEquals(JobState.COMPLETE, run(ours.environment()).document().state());
  }

  @AfterAll
  static void stop() {
    ours.close();
    deployment.close();
  }

  private static JobEnd<Backup> run(Map<String, String> source) {
    BackupService backups =
        PlainCore.backups(
            repository,
            source,
            new StableStorage(),
            PlainCore.Limits.USUAL,
            PlainCore.Sync.REFERENCES,
            Clock.systemUTC());
    return backups.start(Trigger.CLI).execute();
  }

  private enum Foreign {
    ANOTHER_DATABASE,
    /** Its database and its bucket have the names of our own source. */
    ANOTHER_DEPLOYMENT,
    ANOTHER_CLUSTER,
    ANOTHER_BUCKET,
    BLOCKS_IN_THE_DATABASE;

    Map<String, String> source() {
      String database = ours.databaseUri();
      String blockstore = ours.blockstore();
      return switch (this) {
        case ANOTHER_DATABASE -> source(other.databaseUri(), blockstore);
        case ANOTHER_DEPLOYMENT -> deployment.environment();
        case ANOTHER_CLUSTER -> source(deployment.databaseUri(), blockstore);
        case ANOTHER_BUCKET -> source(database, other.blockstore());
        case BLOCKS_IN_THE_DATABASE -> source(database, "POSTGRESQL");
      };
    }

    private static Map<String, String> source(String database, String blockstore) {
      return Map.of("PARSEC_DB", database, "PARSEC_BLOCKSTORE", blockstore);
    }
  }

  /**
   * All files except the lock's text and the records of runs, because a refused run writes one too.
   */
  private static Map<String, String> content() {
    Map<String, String> content = new TreeMap<>(new RepositoryProof(repository).everything());
    content.keySet().removeIf(file -> file.startsWith("runs/") || file.equals("lock"));
    return content;
  }

  @ParameterizedTest
  @EnumSource
  void refusesAnotherSourceAndChangesNothing(Foreign foreign) {
    Map<String, String> before = content();
    JobEnd<Backup> result = run(foreign.source());
    assertEquals(JobState.FAILED, result.document().state());
    Problem problem = result.problem().orElseThrow();
    assertEquals(Problem.Kind.REPOSITORY, problem.kind());
    String message = String.valueOf(problem.getMessage());
    assertTrue(message.contains("is bound to database parsec"), message);
    assertTrue(message.contains("'adopt'"), message);
    assertEquals(before, content());
  }

  @Test
  void stillAcceptsItsOwnSourceAfterwards() {
    int before = new RepositoryProof(repository).backups().size();
    run(Foreign.ANOTHER_DEPLOYMENT.source());
    Backup backup = run(ours.environment()).document();
    assertEquals(JobState.COMPLETE, backup.state(), backup::toString);
    assertEquals(before + 1, new RepositoryProof(repository).backups().size());
    assertEquals(0, backup.objects().orElseThrow().copied());
  }
}
