package io.parsecbackup.backup;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parsecbackup.Problem;
import io.parsecbackup.job.JobEnd;
import io.parsecbackup.job.JobState;
import io.parsecbackup.repository.storage.RunId;
import io.parsecbackup.testing.Checkpoints;
import io.parsecbackup.testing.CrashLab;
import io.parsecbackup.testing.FolderOnly;
import io.parsecbackup.testing.ParsecData;
import io.parsecbackup.testing.RepositoryProof;
import io.parsecbackup.testing.SmallDisk;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jboss.logging.Logger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The disk fills in each phase of a run. The run fails with a clear error and leaves nothing that
 * looks like a backup. The next run continues from there once there is free space.
 */
class DiskFullTest {

  private static final Logger LOG = Logger.getLogger(DiskFullTest.class);
  private static final int OLD = 20;

  @TempDir static Path scratch;
  private static CrashLab lab;
  private static Path prepared;

  @BeforeAll
  static void start() {
    lab = CrashLab.start(ParsecData.Spec.of(OLD, 2048), scratch);
    prepared = lab.place();
    lab.recover(prepared);
    lab.stack().data().addBlocks(20);
  }

  @AfterAll
  static void stop() {
    lab.close();
  }

  /** One step of each phase, on a disk that is really full if this machine can provide one. */
  @ParameterizedTest
  @FolderOnly("a file system that is full")
  @CsvSource({
    "after rename to ID.json, 1",
    "after rename to OBJECT, 1",
    "after rename to OBJECT, 10",
    "after rename to OBJECT, 20",
    "after rename to database.dump, 1",
    "before flush of the file system, 1",
    "after flush of the file system, 1",
  })
  void failsInEachPhase(String step, int occurrence) throws Exception {
    try (SmallDisk disk = SmallDisk.in(scratch)) {
      LOG.infof("%s full disk", disk.isReal() ? "a really" : "an imitated");
      Backup failed = failAndRecover(disk, step, occurrence);
      if (disk.isReal() && !step.contains("ID.json")) {
        assertTrue(failed.error().orElseThrow().contains("no space left"), failed::toString);
      }
    }
  }

  /** The very first dump, whose size is not known in advance. */
  @Test
  @FolderOnly("a file system that is full")
  void failsInTheFirstDump() throws Exception {
    try (SmallDisk disk = SmallDisk.in(scratch)) {
      Path repository = disk.folder().resolve("repository");
      JobEnd<Backup> result = lab.run(repository, disk.fullAt("after flush of folder runs", 1));
      assertSpace(result);
      assertNothingUnfinished(repository, List.of());
      disk.makeRoom();
      lab.recover(repository);
    }
  }

  @TestFactory
  Stream<DynamicTest> failsAtEachStep() throws Exception {
    Checkpoints checkpoints = new Checkpoints((step, occurrence) -> {});
    lab.run(lab.copy(prepared), checkpoints);
    return new TreeSet<>(checkpoints.counts().keySet())
        .stream()
            .filter(step -> step.startsWith("before "))
            .map(step ->
                DynamicTest.dynamicTest(
                    step, () -> failAndRecover(SmallDisk.imitatedIn(scratch), step, 1)));
  }

  /** Returns the run's record, as the program shows it before the next run. */
  private static Backup failAndRecover(SmallDisk disk, String step, int occurrence)
      throws Exception {
    Path repository = disk.folder().resolve("repository");
    copy(prepared, repository);
    RepositoryProof proof = new RepositoryProof(repository);
    Map<String, String> published = proof.published();

    JobEnd<Backup> result = lab.run(repository, disk.fullAt(step, occurrence));

    assertSpace(result);
    proof.isUntouched(published);
    proof.allAreWhole();
    assertNothingUnfinished(repository, lab.visible(prepared));
    Backup shown =
        lab.core(repository, any -> {})
            .find(RunId.parse(result.document().id()).orElseThrow())
            .orElse(result.document());
    assertEquals(JobState.FAILED, shown.state());
    disk.makeRoom();
    lab.recover(repository);
    return shown;
  }

  private static void assertSpace(JobEnd<Backup> result) {
    assertEquals(1, result.exitCode(), result::toString);
    assertEquals(Problem.Kind.SPACE, result.problem().orElseThrow().kind(), result::toString);
    String error = result.document().error().orElseThrow();
    assertTrue(error.contains("Free space") || error.contains("enough space"), error);
  }

  private static void assertNothingUnfinished(Path repository, List<String> backups)
      throws IOException {
    assertEquals(backups, lab.visible(repository));
    try (Stream<Path> files = Files.walk(repository)) {
      List<String> dumps =
          files
              .filter(file -> file.endsWith("database.dump"))
              .map(file -> repository.relativize(file).toString())
              .toList();
      assertEquals(backups.stream().map(id -> "backups/" + id + "/database.dump").toList(), dumps);
    }
  }

  private static void copy(Path from, Path to) throws Exception {
    Process cp = new ProcessBuilder("cp", "-a", from.toString(), to.toString()).start();
    assertEquals(0, cp.waitFor());
  }
}
