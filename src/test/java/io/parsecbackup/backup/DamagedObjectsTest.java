package io.parsecbackup.backup;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parsecbackup.job.JobState;
import io.parsecbackup.job.Trigger;
import io.parsecbackup.restore.JobService;
import io.parsecbackup.restore.Subset;
import io.parsecbackup.testing.CrashLab;
import io.parsecbackup.testing.ParsecData;
import io.parsecbackup.testing.PlainCore;
import io.parsecbackup.testing.RepositoryDamage;
import io.parsecbackup.testing.S3Request.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Objects that a verification found damaged, and that a run with the strategy references repairs.
 */
@Timeout(120)
class DamagedObjectsTest {

  @TempDir Path scratch;
  private CrashLab lab;
  private Path repository;
  private String referenced;
  private String orphan;

  @BeforeEach
  void damage() throws IOException {
    lab = CrashLab.start(ParsecData.Spec.of(6, 256).unreferenced(1, 0), scratch);
    repository = lab.place();
    assertEquals(7, lab.backup(repository).objects().orElseThrow().copied());
    TreeSet<String> keys = new TreeSet<>(lab.bucket().list());
    keys.removeAll(lab.stack().data().referencedKeys());
    orphan = keys.first();
    referenced = lab.stack().data().referencedKeys().get(2);
    RepositoryDamage.flip(object(referenced));
    Files.delete(object(orphan));
    assertEquals(2, verify());
  }

  @AfterEach
  void stop() {
    lab.close();
  }

  private Path object(String key) {
    return repository.resolve("objects").resolve(key);
  }

  /** Verifies; returns the number of findings. */
  private int verify() {
    JobService jobs = PlainCore.jobs(repository, lab.environment());
    return jobs.verification("latest", Subset.ALL, Trigger.CLI)
        .execute()
        .document()
        .findings()
        .size();
  }

  private Backup run() {
    lab.proxy().reset();
    return lab.run(repository, PlainCore.Sync.REFERENCES).document();
  }

  @Test
  void areFetchedAgainEvenIfNothingRefersToThemAndNothingIsListed() {
    Backup backup = run();
    assertEquals(JobState.COMPLETE, backup.state(), backup::toString);
    assertEquals(new TreeSet<>(List.of(referenced, orphan)), new TreeSet<>(lab.proxy().fetched()));
    assertEquals(2, lab.proxy().requests().size());
    assertEquals(0, verify());
    run();
    assertEquals(List.of(), lab.proxy().requests());
  }

  @Test
  void makeABackupIncompleteIfTheDumpRefersToThemAndTheSourceHasLostThem() throws IOException {
    lab.bucket().delete(referenced);
    lab.bucket().delete(orphan);
    for (int i = 0; i < 2; i++) {
      Backup backup = run();
      assertEquals(JobState.INCOMPLETE, backup.state(), backup::toString);
      assertEquals(1, backup.objects().orElseThrow().missing());
      assertEquals(2, lab.proxy().count(Kind.GET_OBJECT));
      assertTrue(
          backup.warnings().stream().anyMatch(w -> w.startsWith("2 objects of the repository")),
          backup::toString);
      List<String> missing =
          Files.readAllLines(repository.resolve("backups/" + backup.id() + "/missing.txt"));
      assertEquals(1, missing.size());
      assertTrue(missing.getFirst().startsWith(referenced + "\t"), missing::toString);
    }
  }
}
