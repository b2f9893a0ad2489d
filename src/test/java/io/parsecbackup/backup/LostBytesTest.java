package io.parsecbackup.backup;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.parsecbackup.job.JobState;
import io.parsecbackup.job.Trigger;
import io.parsecbackup.restore.JobService;
import io.parsecbackup.restore.Subset;
import io.parsecbackup.testing.CrashLab;
import io.parsecbackup.testing.ParsecData;
import io.parsecbackup.testing.PlainCore;
import io.parsecbackup.testing.RepositoryDamage;
import io.parsecbackup.testing.RepositoryPlace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * If the bytes of a published object are gone, the next backup does not count the object as held.
 */
class LostBytesTest {

  @TempDir Path scratch;
  private CrashLab lab;
  private Path repository;
  private String first;
  private String key;

  @BeforeEach
  void takeOne() {
    lab = CrashLab.start(ParsecData.Spec.of(6, 256), scratch);
    repository = lab.place();
    first = lab.backup(repository).id();
    key = lab.stack().data().referencedKeys().get(2);
    lab.proxy().reset();
  }

  @AfterEach
  void stop() {
    lab.close();
  }

  /** As a run leaves it if the power fails while the run fetches the object again. */
  private void tearUnderADeadRun() throws IOException {
    Path dead =
        Files.createDirectories(RepositoryPlace.scratch(repository).resolve("20200101T000000Z"));
    Files.writeString(dead.resolve("journal.tsv"), indexLine() + "\n");
    RepositoryDamage.flip(repository.resolve("objects").resolve(key));
  }

  private String indexLine() throws IOException {
    try (Stream<Path> index = Files.list(repository.resolve("index"))) {
      for (Path segment : index.filter(file -> file.toString().endsWith(".tsv")).toList()) {
        for (String line : Files.readAllLines(segment)) {
          if (line.startsWith(key + "\t")) {
            return line;
          }
        }
      }
    }
    throw new AssertionError(key + " is in no segment");
  }

  private Backup run() {
    return lab.run(repository, PlainCore.Sync.REFERENCES).document();
  }

  private JobService jobs() {
    return PlainCore.jobs(repository, lab.environment());
  }

  private int findings(String backup) {
    return jobs()
        .verification(backup, Subset.ALL, Trigger.CLI)
        .execute()
        .document()
        .findings()
        .size();
  }

  @Test
  void anObjectThatARecoveryPutAsideIsFetchedAgain() throws Exception {
    tearUnderADeadRun();
    Backup backup = run();
    assertEquals(JobState.COMPLETE, backup.state(), backup::toString);
    assertEquals(List.of(key), lab.proxy().fetched());
    assertEquals(0, findings("latest"));
    assertFalse(jobs().knowsDamage());
  }

  @Test
  void theObjectIsFetchedAgainAfterAKillOfTheRunThatPutItAside() throws Exception {
    tearUnderADeadRun();
    lab.kill(repository, "before flush of the file system", 1);
    Backup backup = run();
    assertEquals(JobState.COMPLETE, backup.state(), backup::toString);
    assertEquals(0, findings("latest"));
    assertFalse(jobs().knowsDamage());
  }

  @Test
  void anObjectThatTheSourceHasLostMakesTheBackupIncomplete() throws Exception {
    tearUnderADeadRun();
    lab.bucket().delete(key);
    Backup backup = run();
    assertEquals(JobState.INCOMPLETE, backup.state(), backup::toString);
    assertEquals(1, backup.objects().orElseThrow().missing());
  }

  @Test
  void anObjectThatOnlyAnOlderBackupNeedsIsNotMissingInTheNext() throws Exception {
    RepositoryDamage.flip(repository.resolve("objects").resolve(key));
    assertEquals(1, findings("latest"));
    String other = "x".repeat((int) Files.size(repository.resolve("objects").resolve(key)));
    lab.bucket().put(key, other);
    assertEquals(JobState.COMPLETE, run().state());
    assertEquals(1, findings(first));
    assertEquals(0, findings("latest"));
    lab.bucket().delete(key);
    Backup backup = run();
    assertEquals(JobState.COMPLETE, backup.state(), backup::toString);
    assertEquals(0, findings("latest"));
  }
}
