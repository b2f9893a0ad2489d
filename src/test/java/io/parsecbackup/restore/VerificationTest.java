package io.parsecbackup.restore;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parsecbackup.Problem;
import io.parsecbackup.backup.Backup;
import io.parsecbackup.job.Job;
import io.parsecbackup.job.JobEnd;
import io.parsecbackup.job.JobResult;
import io.parsecbackup.job.JobState;
import io.parsecbackup.job.Json;
import io.parsecbackup.job.Trigger;
import io.parsecbackup.repository.storage.SealedJson;
import io.parsecbackup.repository.storage.folder.StableStorage;
import io.parsecbackup.testing.CrashLab;
import io.parsecbackup.testing.Fault;
import io.parsecbackup.testing.FolderOnly;
import io.parsecbackup.testing.Folders;
import io.parsecbackup.testing.ParsecData;
import io.parsecbackup.testing.ParsecStack;
import io.parsecbackup.testing.PlainCore;
import io.parsecbackup.testing.ReadOnly;
import io.parsecbackup.testing.RepositoryDamage;
import io.parsecbackup.testing.S3Request;
import io.parsecbackup.testing.SmallDisk;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Verify reports every kind of damage in a repository, and nothing damaged is restored. */
class VerificationTest {

  private static final int OBJECTS = 12;

  @TempDir static Path scratch;
  private static CrashLab lab;
  private static Path prepared;

  @BeforeAll
  static void start() {
    lab = CrashLab.start(ParsecData.Spec.of(OBJECTS, 2048), scratch);
    lab.stack().allowDatabases();
    prepared = lab.place();
    lab.backup(prepared);
  }

  @AfterAll
  static void stop() {
    lab.close();
  }

  private static JobService jobs(Path repository) {
    return PlainCore.jobs(repository, lab.environment());
  }

  private static JobResult verify(Path repository, Subset subset) {
    JobService jobs = jobs(repository);
    return jobs.verification("latest", subset, Trigger.CLI).execute().document();
  }

  private static String id() {
    return lab.visible(prepared).getLast();
  }

  @Test
  void findsNothingInAHealthyBackup() throws Exception {
    Path repository = lab.copy(prepared);
    JobResult result = verify(repository, Subset.ALL);
    assertEquals(JobState.COMPLETE, result.state(), result.toString());
    assertEquals(List.of(), result.findings());
    assertEquals(lab.bucket().size(), result.checked().objects());
    assertEquals(Optional.of(0L), result.checked().byLengthOnly());
    assertEquals(Optional.of(id()), result.backup());
    // The result can be read afterwards, also by another process.
    assertEquals(List.of(result), jobs(repository).history(Verification.KIND).records().newest(5));
  }

  @Test
  void countsObjectsThatWereCheckedByLengthOnly() {
    Path repository = lab.place();
    lab.proxy().when(S3Request.Kind.GET_OBJECT, Fault.kms());
    Backup backup = lab.backup(repository);
    lab.proxy().reset();
    assertEquals(Optional.of((long) OBJECTS), backup.objects().orElseThrow().checkedByLengthOnly());
    assertEquals(
        Optional.of((long) OBJECTS), verify(repository, Subset.ALL).checked().byLengthOnly());
  }

  @TestFactory
  Stream<DynamicTest> reportsEveryKindOfDamage() {
    return RepositoryDamage.all(id(), lab.bucket().list()).stream()
        .map(damage -> DynamicTest.dynamicTest(damage.name(), () -> assertReported(damage)));
  }

  private static void assertReported(RepositoryDamage.Damage damage) throws Exception {
    Path repository = lab.copy(prepared);
    damage.inflict(repository);
    JobService jobs = jobs(repository);
    JobResult result = jobs.verification(id(), Subset.ALL, Trigger.CLI).execute().document();
    assertEquals(JobState.INCOMPLETE, result.state(), result.toString());
    for (Map.Entry<String, String> expected : damage.findings().entrySet()) {
      assertTrue(
          result.findings().stream()
              .anyMatch(finding ->
                  finding.key().equals(expected.getKey())
                      && finding.problem().equals(expected.getValue())),
          () -> expected + " is not among " + result.findings());
    }
    if (damage.findings().keySet().stream().allMatch(key -> !key.contains("backups/"))) {
      return;
    }
    // A drill of such a backup does not succeed either.
    if (!damage.name().contains("index")) {
      JobEnd<JobResult> drill = jobs.drill(id(), Trigger.CLI).execute();
      assertFalse(drill.document().state() == JobState.COMPLETE, drill.document().toString());
    }
  }

  @Test
  void doesNotReadAnUnprovenList() throws Exception {
    Path repository = lab.copy(prepared);
    Path backup = repository.resolve("backups/" + id());
    Files.delete(backup.resolve("SHA256SUMS"));
    Files.writeString(backup.resolve("references.tsv"), "no list at all");
    JobService jobs = jobs(repository);
    JobResult result = jobs.verification(id(), Subset.ALL, Trigger.CLI).execute().document();
    assertEquals(JobState.INCOMPLETE, result.state(), result.toString());
    assertEquals(lab.bucket().size(), result.checked().objects(), result.toString());
  }

  @Test
  void doesNotReportMissingProgramsAsDamageAndStillReadsTheObjects() throws Exception {
    Path repository = lab.copy(prepared);
    String key = lab.bucket().list().first();
    RepositoryDamage.flip(repository.resolve("objects").resolve(key));
    Path empty = Files.createTempDirectory(scratch, "bin");
    JobService jobs =
        PlainCore.jobs(
            repository, lab.environment(), new StableStorage(), step -> {}, Optional.of(empty));
    JobResult result = jobs.verification("latest", Subset.ALL, Trigger.CLI).execute().document();
    assertEquals(JobState.FAILED, result.state(), result.toString());
    assertTrue(result.error().orElse("").contains("No pg_restore"), result.toString());
    assertEquals(List.of(key), result.findings().stream().map(JobResult.Finding::key).toList());
    assertEquals(lab.bucket().size(), result.checked().objects());
  }

  @Test
  void doesNotFallBackToAnOlderBackupSilently() throws Exception {
    Path repository = lab.copy(prepared);
    String newer = lab.backup(repository).id();
    RepositoryDamage.flip(repository.resolve("backups/" + newer + "/backup.json"));
    JobResult result = verify(repository, Subset.ALL);
    assertEquals(Optional.of(id()), result.backup());
    assertEquals(JobState.INCOMPLETE, result.state());
    assertEquals("backups/" + newer + "/backup.json", result.findings().getFirst().key());
    assertTrue(result.warnings().getFirst().contains(newer), result.warnings().toString());
  }

  @Test
  void reportsANewerBackupWhoseDocumentIsGone() throws Exception {
    Path repository = lab.copy(prepared);
    String newer = lab.backup(repository).id();
    Files.delete(repository.resolve("backups/" + newer + "/backup.json"));
    JobResult result = verify(repository, Subset.ALL);
    assertEquals(JobState.INCOMPLETE, result.state(), result.toString());
    assertEquals("backups/" + newer + "/backup.json", result.findings().getFirst().key());
    assertEquals("lost", result.findings().getFirst().problem());
  }

  @Test
  void reportsEachReferenceThatIsNoLongerInTheIndex() throws Exception {
    Path repository = lab.copy(prepared);
    String older = id();
    String newer = lab.backup(repository).id();
    Folders.delete(repository.resolve("backups/" + older));
    Files.delete(repository.resolve("index/" + older + ".tsv"));

    JobResult result = verify(repository, Subset.ALL);

    assertEquals(Optional.of(newer), result.backup());
    assertEquals(JobState.INCOMPLETE, result.state(), result.toString());
    assertEquals(
        lab.stack().data().referencedKeys(),
        result.findings().stream()
            .filter(finding -> finding.problem().equals("lost"))
            .map(JobResult.Finding::key)
            .toList());
    assertEquals("not in the repository's index", result.findings().getFirst().found());
  }

  @Test
  void ignoresADamagedSegmentAfterABackupHasReplacedIt() throws Exception {
    Path repository = lab.copy(prepared);
    RepositoryDamage.flip(repository.resolve("index/" + id() + ".tsv"));
    JobResult damaged = verify(repository, Subset.ALL);
    assertEquals(JobState.INCOMPLETE, damaged.state());
    // Its other lines are still used, each proven by its object.
    assertTrue(damaged.checked().objects() >= lab.bucket().size() - 1, damaged::toString);

    String newer = lab.backup(repository).id();
    JobResult verified = verify(repository, Subset.ALL);
    assertEquals(Optional.of(newer), verified.backup());
    assertEquals(JobState.COMPLETE, verified.state(), verified::toString);
    JobService jobs = jobs(repository);
    JobResult older = jobs.verification(id(), Subset.ALL, Trigger.CLI).execute().document();
    assertEquals("index/" + id() + ".tsv", older.findings().getFirst().key());
  }

  @Test
  void reportsADamagedBindingAndRestoresWithoutIt() throws Exception {
    Path repository = lab.copy(prepared);
    RepositoryDamage.flip(repository.resolve("parsec-backup.json"));
    JobResult verified = verify(repository, Subset.ALL);
    assertEquals("parsec-backup.json", verified.findings().getFirst().key());
    ParsecStack.Target target = lab.stack().target("without-a-binding");
    JobService jobs =
        PlainCore.jobs(
            repository,
            Map.of("PARSEC_DB", target.databaseUri(), "PARSEC_BLOCKSTORE", target.blockstore()));
    RestoreRequest request =
        new RestoreRequest(
            Optional.empty(), Optional.empty(), RestoreRequest.Part.ALL, false, false, false);
    JobResult restored = jobs.restore("latest", request, Trigger.CLI).execute().document();
    assertEquals(JobState.COMPLETE, restored.state(), restored::toString);
    assertEquals(lab.bucket().list(), target.bucket().list());
  }

  @Test
  void remembersDamageUntilTheObjectIsFetchedAgain() throws Exception {
    Path repository = lab.copy(prepared);
    String key = lab.bucket().list().first();
    RepositoryDamage.flip(repository.resolve("objects").resolve(key));
    verify(repository, Subset.ALL);
    lab.proxy().reset();
    lab.proxy().when(S3Request.Kind.GET_OBJECT, key, Fault.status(403));
    assertEquals(JobState.INCOMPLETE, lab.backup(repository).state());
    assertTrue(jobs(repository).knowsDamage());

    lab.proxy().reset();
    assertEquals(JobState.COMPLETE, lab.backup(repository).state());
    assertEquals(List.of(key), lab.proxy().fetched());
    assertFalse(jobs(repository).knowsDamage());
    assertEquals(JobState.COMPLETE, verify(repository, Subset.ALL).state());
  }

  @Test
  void aDamagedListOfDamageStopsNoBackup() throws Exception {
    Path repository = lab.copy(prepared);
    String key = lab.bucket().list().first();
    RepositoryDamage.flip(repository.resolve("objects").resolve(key));
    String id = verify(repository, Subset.ALL).id();
    Path list = repository.resolve("checks/" + id + "-damaged.tsv");
    byte[] torn = {(byte) 0xff, 0, '\n', 'z', '\t', '\n'};
    Files.write(list, torn, StandardOpenOption.APPEND);

    assertEquals(JobState.COMPLETE, lab.backup(repository).state());

    assertEquals(JobState.COMPLETE, verify(repository, Subset.ALL).state());
    assertFalse(jobs(repository).knowsDamage());
  }

  @Test
  void showsAJobAsFailedIfItsProcessIsGone() throws Exception {
    Path repository = lab.copy(prepared);
    JobService jobs = jobs(repository);
    Job<JobResult> abandoned = jobs.verification("latest", Subset.ALL, Trigger.CLI);
    JobResult running = abandoned.document();
    abandoned.execute();
    Path record = repository.resolve("checks/" + running.id() + "-verify.json");
    Files.write(record, SealedJson.seal(Json.of(running)));
    JobResult shown = jobs(repository).history(Verification.KIND).records().newest(1).getFirst();
    assertEquals(JobState.FAILED, shown.state());
    assertTrue(shown.error().orElse("").contains("killed"), shown::toString);
  }

  @Test
  void readsEveryObjectOnceOverAllParts() throws Exception {
    Path repository = lab.copy(prepared);
    String key = lab.bucket().list().first();
    RepositoryDamage.flip(repository.resolve("objects").resolve(key));
    long objects = 0;
    int found = 0;
    for (int part = 1; part <= 4; part++) {
      JobResult result = verify(repository, new Subset(part, 4));
      objects += result.checked().objects();
      found += result.findings().size();
    }
    assertEquals(lab.bucket().size(), objects);
    assertEquals(1, found);
  }

  @Test
  void makesTheNextBackupFetchDamagedObjectsAndKeepTheDamagedBytes() throws Exception {
    Path repository = lab.copy(prepared);
    List<String> keys = List.copyOf(lab.bucket().list());
    Path flipped = repository.resolve("objects").resolve(keys.get(0));
    RepositoryDamage.flip(flipped);
    byte[] damaged = Files.readAllBytes(flipped);
    Files.delete(repository.resolve("objects").resolve(keys.get(1)));
    assertEquals(2, verify(repository, Subset.ALL).findings().size());

    lab.proxy().reset();
    assertEquals(JobState.COMPLETE, lab.backup(repository).state());

    assertEquals(
        List.of(keys.get(0), keys.get(1)), lab.proxy().fetched().stream().sorted().toList());
    assertEquals(JobState.COMPLETE, verify(repository, Subset.ALL).state());
    try (Stream<Path> kept = Files.list(repository.resolve("conflicts").resolve(keys.get(0)))) {
      assertArrayEquals(damaged, Files.readAllBytes(kept.findFirst().orElseThrow()));
    }
    // Repaired: the next backup has nothing to do.
    lab.proxy().reset();
    lab.backup(repository);
    assertEquals(List.of(), lab.proxy().fetched());
  }

  @Test
  void keepsTheOnlyCopyInItsPlace() throws Exception {
    try (CrashLab own = CrashLab.start(ParsecData.Spec.of(3, 512), scratch)) {
      Path repository = own.place();
      own.backup(repository);
      String key = own.bucket().list().first();
      Path file = repository.resolve("objects").resolve(key);
      RepositoryDamage.flip(file);
      byte[] damaged = Files.readAllBytes(file);
      JobService jobs = PlainCore.jobs(repository, own.environment());
      jobs.verification("latest", Subset.ALL, Trigger.CLI).execute();
      own.bucket().delete(key);

      own.backup(repository);

      assertArrayEquals(damaged, Files.readAllBytes(file));
    }
  }

  @Test
  void sharesTheRepositoryWithADrillButNotWithABackup() throws Exception {
    Path repository = lab.copy(prepared);
    JobService jobs = jobs(repository);
    Job<JobResult> verification = jobs.verification("latest", Subset.ALL, Trigger.CLI);
    Job<JobResult> drill = jobs.drill("latest", Trigger.CLI);
    Problem held =
        assertThrows(Problem.class, () -> lab.core(repository, step -> {}).start(Trigger.CLI));
    assertEquals(Problem.Kind.HELD, held.kind());
    Problem second =
        assertThrows(Problem.class, () -> jobs.verification("latest", Subset.ALL, Trigger.CLI));
    assertTrue(
        String.valueOf(second.getMessage()).contains(verification.id().text()), second::toString);
    verification.execute();
    drill.execute();
    assertEquals(JobState.COMPLETE, lab.backup(repository).state());
  }

  @Test
  @FolderOnly("a mount that cannot be written")
  void readsAReadOnlyRepository() throws Exception {
    Path repository = lab.copy(prepared);
    Files.delete(repository.resolve("lock"));
    try (ReadOnly unwritable = ReadOnly.mount(repository)) {
      JobResult result = verify(unwritable.path(), Subset.ALL);
      assertEquals(JobState.COMPLETE, result.state(), result.toString());
    }
  }

  @Test
  @FolderOnly("a file system of its own")
  void readsARepositoryWhoseDiskIsFull() throws Exception {
    try (SmallDisk disk = SmallDisk.in(scratch)) {
      Path repository = disk.folder().resolve("repository");
      assertEquals(
          0,
          new ProcessBuilder("cp", "-a", prepared.toString(), repository.toString())
              .start()
              .waitFor());
      disk.fill();
      JobResult result = verify(repository, Subset.ALL);
      assertEquals(JobState.COMPLETE, result.state(), result.toString());
    }
  }
}
