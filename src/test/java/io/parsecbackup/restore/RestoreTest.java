package io.parsecbackup.restore;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parsecbackup.backup.Backup;
import io.parsecbackup.job.Job;
import io.parsecbackup.job.JobEnd;
import io.parsecbackup.job.JobResult;
import io.parsecbackup.job.JobState;
import io.parsecbackup.job.Trigger;
import io.parsecbackup.repository.storage.RunId;
import io.parsecbackup.repository.storage.folder.StableStorage;
import io.parsecbackup.testing.CrashLab;
import io.parsecbackup.testing.FileFacts;
import io.parsecbackup.testing.ParsecData;
import io.parsecbackup.testing.ParsecStack;
import io.parsecbackup.testing.PlainCore;
import io.parsecbackup.testing.RepositoryDamage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a restore refuses before it changes anything, and what it reports at its end. */
class RestoreTest {

  private static final RestoreRequest ALL =
      new RestoreRequest(
          Optional.empty(), Optional.empty(), RestoreRequest.Part.ALL, false, false, false);

  @TempDir static Path scratch;
  private static CrashLab lab;
  private static Path prepared;

  @BeforeAll
  static void start() {
    lab = CrashLab.start(ParsecData.Spec.of(4, 512), scratch);
    prepared = lab.place();
    lab.backup(prepared);
  }

  @AfterAll
  static void stop() {
    lab.close();
  }

  private static Map<String, String> into(ParsecStack.Target target) {
    return Map.of("PARSEC_DB", target.databaseUri(), "PARSEC_BLOCKSTORE", target.blockstore());
  }

  @Test
  void refusesToPutBlocksIntoAStoreOfAnotherKind() throws Exception {
    Path repository = lab.copy(prepared);
    lab.rewrite(repository, document -> document.withObject("/objects").put("strategy", "none"));
    ParsecStack.Target target = lab.stack().target("another-kind");
    JobService jobs = PlainCore.jobs(repository, into(target));
    JobResult result = jobs.restore("latest", ALL, Trigger.CLI).execute().document();
    assertEquals(JobState.FAILED, result.state(), result.toString());
    assertTrue(result.error().orElse("").contains("--only database"), result::toString);
    assertEquals(0, target.bucket().size());

    Map<String, String> inDatabase =
        Map.of("PARSEC_DB", target.databaseUri(), "PARSEC_BLOCKSTORE", "POSTGRESQL");
    JobService other = PlainCore.jobs(prepared, inDatabase);
    JobResult refused = other.restore("latest", ALL, Trigger.CLI).execute().document();
    assertEquals(JobState.FAILED, refused.state(), refused.toString());
  }

  @ParameterizedTest
  @ValueSource(strings = {"references.tsv", "rows.tsv", "SHA256SUMS"})
  void restoresEverythingIfOnlyAnUnneededFileIsDamaged(String file) throws Exception {
    Path repository = lab.copy(prepared);
    String damaged = "backups/" + lab.visible(prepared).getFirst() + "/" + file;
    RepositoryDamage.flip(repository.resolve(damaged));
    ParsecStack.Target target =
        lab.stack().target(file.split("[.]", -1)[0].toLowerCase(Locale.ROOT));
    JobService jobs = PlainCore.jobs(repository, into(target));
    JobEnd<JobResult> end = jobs.restore("latest", ALL, Trigger.CLI).execute();
    assertEquals(3, end.exitCode(), end.toString());
    assertEquals(damaged, end.document().findings().getFirst().key(), end.toString());
    assertEquals(lab.bucket().size(), target.bucket().size());
  }

  /** Erasure: rows are deleted, their objects are purged by hand, and no restore undoes that. */
  @Test
  void skipsObjectsThatTheDumpDoesNotReferToUnlessAskedForAll() throws Exception {
    Path repository = lab.copy(prepared);
    List<String> purged = lab.stack().data().addBlocks(2);
    lab.backup(repository);
    purged.forEach(key -> {
      String id = key.substring(key.indexOf('/') + 1);
      lab.stack()
          .database()
          .execute(ParsecStack.NAME, "DELETE FROM block WHERE block_id = '" + id + "'");
      lab.bucket().delete(key);
    });
    lab.backup(repository);
    Set<String> referenced = new TreeSet<>(lab.stack().data().referencedKeys());

    ParsecStack.Target target = lab.stack().target("purged");
    JobResult dry = restore(repository, target, true, false);
    assertTrue(
        dry.done().stream()
            .anyMatch(line -> line.startsWith("2 objects (1024 bytes) would be left out")),
        dry::toString);
    JobResult result = restore(repository, target, false, false);
    assertEquals(JobState.COMPLETE, result.state(), result::toString);
    assertEquals(referenced, new TreeSet<>(target.bucket().list()));

    restore(repository, target, false, true);
    referenced.addAll(purged);
    assertEquals(referenced, new TreeSet<>(target.bucket().list()));
  }

  /**
   * @param stray whether there is nevertheless an unproven file of that name
   */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void uploadsAllObjectsAndWarnsIfTheBackupHasNoListOfReferences(boolean stray) throws Exception {
    Path repository = lab.copy(prepared);
    Path backup = repository.resolve("backups/" + lab.visible(prepared).getFirst());
    Files.delete(backup.resolve("references.tsv"));
    if (stray) {
      Files.createFile(backup.resolve("references.tsv"));
    }
    List<String> sums =
        Files.readAllLines(backup.resolve("SHA256SUMS")).stream()
            .filter(line -> !line.contains("references.tsv"))
            .toList();
    Files.write(backup.resolve("SHA256SUMS"), sums);
    lab.rewrite(
        repository,
        document -> document.put("sha256sums", FileFacts.sha256(backup.resolve("SHA256SUMS"))));
    ParsecStack.Target target = lab.stack().target(stray ? "stray-list" : "no-list");
    JobResult result = restore(repository, target, false, false);
    assertEquals(JobState.COMPLETE, result.state(), result::toString);
    assertTrue(result.warnings().getFirst().contains("does not exist"), result::toString);
    assertEquals(lab.bucket().list(), target.bucket().list());
  }

  private static JobResult restore(
      Path repository, ParsecStack.Target target, boolean dryRun, boolean allObjects) {
    RestoreRequest request =
        new RestoreRequest(
            Optional.empty(),
            Optional.empty(),
            RestoreRequest.Part.OBJECTS,
            false,
            dryRun,
            allObjects);
    JobService jobs = PlainCore.jobs(repository, into(target));
    return jobs.restore("latest", request, Trigger.CLI).execute().document();
  }

  /** Otherwise each backup would be complete, and each restore of it incomplete. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void makesTheNextBackupFetchAnObjectThatItFoundLost(boolean dryRun) throws Exception {
    Path repository = lab.copy(prepared);
    String key = lab.stack().data().referencedKeys().getFirst();
    Files.delete(repository.resolve("objects").resolve(key));
    ParsecStack.Target target = lab.stack().target(dryRun ? "lost-dry" : "lost");
    JobResult first = restore(repository, target, dryRun, false);
    assertEquals(JobState.INCOMPLETE, first.state(), first::toString);
    assertEquals(key, first.findings().getFirst().key(), first::toString);
    assertFalse(target.bucket().list().contains(key));
    assertTrue(PlainCore.jobs(repository, into(target)).knowsDamage());

    lab.proxy().reset();
    Backup backup = lab.backup(repository);
    assertEquals(1, backup.objects().orElseThrow().copied(), backup::toString);
    assertEquals(List.of(key), lab.proxy().fetched());
    assertFalse(PlainCore.jobs(repository, into(target)).knowsDamage());

    JobResult second = restore(repository, target, false, false);
    assertEquals(JobState.COMPLETE, second.state(), second::toString);
    assertTrue(target.bucket().list().contains(key));
  }

  @Test
  void provesTheDumpEvenWithoutTheFileOfDigests() throws Exception {
    Path repository = lab.copy(prepared);
    Path backup = repository.resolve("backups/" + lab.visible(prepared).getFirst());
    RepositoryDamage.flip(backup.resolve("SHA256SUMS"));
    RepositoryDamage.flip(backup.resolve("database.dump"));
    JobService jobs = PlainCore.jobs(repository, into(lab.stack().target("both")));
    JobEnd<JobResult> end = jobs.restore("latest", ALL, Trigger.CLI).execute();
    assertEquals(JobState.FAILED, end.document().state(), end.toString());
    assertTrue(end.document().error().orElse("").contains("database.dump (digest"), end.toString());
  }

  @Test
  void recordsThatADryRunHasEndedAndThatItWasADryRun() throws Exception {
    JobService jobs = PlainCore.jobs(lab.copy(prepared), into(lab.stack().target("dry")));
    RestoreRequest dryRun =
        new RestoreRequest(
            Optional.empty(), Optional.empty(), RestoreRequest.Part.ALL, false, true, false);
    JobEnd<JobResult> end = jobs.restore("latest", dryRun, Trigger.CLI).execute();
    JobResult found = jobs.find(RunId.parse(end.document().id()).orElseThrow()).orElseThrow();
    assertEquals(JobState.COMPLETE, found.state(), found.toString());
    assertEquals(Optional.of(true), found.dryRun());
  }

  @Test
  void isDoneIfItIsCancelledTooLate() throws Exception {
    AtomicReference<Optional<Job>> running = new AtomicReference<>(Optional.empty());
    JobService jobs =
        PlainCore.jobs(
            prepared,
            into(lab.stack().target("too-late")),
            new StableStorage(),
            step -> {
              if (step.equals("after unmark")) {
                running.get().ifPresent(job -> job.cancel("too late"));
              }
            });
    Job<JobResult> job = jobs.restore("latest", ALL, Trigger.CLI);
    running.set(Optional.of(job));
    JobEnd<JobResult> end = job.execute();
    assertEquals(JobState.COMPLETE, end.document().state(), end.toString());
    assertEquals(0, end.exitCode());
  }
}
