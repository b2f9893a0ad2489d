package io.parsecbackup.retention;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parsecbackup.Problem;
import io.parsecbackup.backup.Backup;
import io.parsecbackup.backup.BackupCatalog;
import io.parsecbackup.backup.BackupChoice;
import io.parsecbackup.job.JobEnd;
import io.parsecbackup.job.JobResult;
import io.parsecbackup.job.JobState;
import io.parsecbackup.job.Trigger;
import io.parsecbackup.repository.Repository;
import io.parsecbackup.repository.encryption.Encryption;
import io.parsecbackup.repository.storage.RunId;
import io.parsecbackup.repository.storage.folder.FolderStorage;
import io.parsecbackup.repository.storage.folder.StableStorage;
import io.parsecbackup.restore.Subset;
import io.parsecbackup.testing.AgeKeys;
import io.parsecbackup.testing.Checkpoints;
import io.parsecbackup.testing.CrashLab;
import io.parsecbackup.testing.KillableJob;
import io.parsecbackup.testing.ParsecData;
import io.parsecbackup.testing.ParsecStack;
import io.parsecbackup.testing.PlainCore;
import io.parsecbackup.testing.RepositoryDamage;
import io.parsecbackup.testing.RepositoryPlace;
import io.parsecbackup.testing.RepositoryProof;
import io.parsecbackup.testing.Victim;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PruneTest {

  private static final PlainCore.Retention ONE = new PlainCore.Retention("1", "referenced");

  @TempDir static Path scratch;
  private static CrashLab lab;

  @BeforeAll
  static void start() {
    lab = CrashLab.start(ParsecData.Spec.of(4, 512), scratch);
  }

  @AfterAll
  static void stop() {
    lab.close();
  }

  private static Backup backup(Path repository) {
    Backup backup = lab.run(repository, PlainCore.Sync.REFERENCES).document();
    assertEquals(JobState.COMPLETE, backup.state(), backup::toString);
    return backup;
  }

  private static JobResult prune(Path repository, RetentionConfig rules, boolean dryRun) {
    return prune(repository, rules, dryRun, new StableStorage());
  }

  private static JobResult prune(
      Path repository, RetentionConfig rules, boolean dryRun, StableStorage storage) {
    JobEnd<JobResult> end =
        PlainCore.prunes(repository, rules, storage).start(dryRun, Trigger.CLI).execute();
    assertEquals(JobState.COMPLETE, end.document().state(), () -> end.document().toString());
    return end.document();
  }

  /** Every published backup is whole, by the documented format and by the program. */
  private static void allAreWhole(Path repository) {
    RepositoryProof proof = new RepositoryProof(repository);
    for (String id : proof.backups()) {
      proof.isWhole(id);
      verify(repository, id);
    }
  }

  private static void verify(Path repository, String id) {
    JobResult verified =
        PlainCore.jobs(repository, lab.environment())
            .verification(id, Subset.ALL, Trigger.CLI)
            .execute()
            .document();
    assertEquals(JobState.COMPLETE, verified.state(), verified::toString);
  }

  /** Removes the row of a block, as if the block was purged; its object stays in the bucket. */
  private static void deleteRow(String key) throws SQLException {
    String id = key.substring(key.lastIndexOf('/') + 1);
    lab.stack()
        .database()
        .execute(ParsecStack.NAME, "DELETE FROM block WHERE block_id = '" + id + "'");
  }

  @Test
  void removesOldBackupsAndFetchesNothingAgain() throws Exception {
    Path place = lab.place();
    backup(place);
    lab.stack().data().addBlocks(2);
    Backup second = backup(place);
    Backup third = backup(place);
    String first = lab.visible(place).getFirst();
    PlainCore.Retention two = new PlainCore.Retention("2", "keep");
    Map<String, String> before = new RepositoryProof(place).published();

    JobResult dry = prune(place, two, true);
    assertEquals(before, new RepositoryProof(place).published());
    JobResult real = prune(place, two, false);

    assertEquals(dry.decisions(), real.decisions());
    assertEquals(dry.removed(), real.removed());
    assertEquals(
        List.of(third.id(), second.id(), first),
        real.decisions().stream().map(JobResult.Decision::backup).toList());
    assertEquals(List.of("newest complete", "keep-last"), real.decisions().getFirst().rules());
    assertFalse(real.decisions().getLast().keep());
    assertEquals(1, real.removed().orElseThrow().backups());
    assertEquals(List.of(second.id(), third.id()), lab.visible(place));
    assertFalse(Files.exists(place.resolve("backups/" + first)));
    BackupCatalog catalog =
        new BackupCatalog(Repository.at(new FolderStorage(place, new StableStorage())));
    assertEquals(List.of(), catalog.damaged());
    assertEquals(2, catalog.all().size());
    assertTrue(
        String.valueOf(
                assertThrows(Problem.class, () -> BackupChoice.of(catalog, first)).getMessage())
            .contains("retention rules"));
    lab.proxy().reset();
    Backup next = backup(place);
    assertEquals(List.of(), lab.proxy().fetched());
    assertTrue(next.id().compareTo(third.id()) > 0);
    allAreWhole(place);
  }

  @Test
  void removesUnreferencedObjectsAfterTwoRunsAndFetchesThemIfTheyAreNeededAgain() throws Exception {
    Path place = lab.place();
    String purged = lab.stack().data().addBlocks(1).getFirst();
    backup(place);
    String where = " FROM block WHERE block_id = '" + purged.substring(purged.lastIndexOf('/') + 1);
    lab.stack()
        .database()
        .execute(
            ParsecStack.NAME,
            "CREATE TABLE purged AS SELECT *" + where + "'",
            "GRANT SELECT ON purged TO PUBLIC");
    deleteRow(purged);
    for (int run = 0; run < 2; run++) {
      backup(place);
      JobResult waits = prune(place, ONE, false);
      assertEquals(0, waits.removed().orElseThrow().objects());
      assertEquals(1, waits.removed().orElseThrow().waiting());
      // Without a new run nothing changes.
      assertEquals(1, prune(place, ONE, false).removed().orElseThrow().waiting());
    }
    assertTrue(Files.exists(place.resolve("objects").resolve(purged)));
    backup(place);
    assertEquals(1, prune(place, ONE, true).removed().orElseThrow().objects());
    assertEquals(1, prune(place, ONE, false).removed().orElseThrow().objects());
    assertFalse(Files.exists(place.resolve("objects").resolve(purged)));
    assertEquals(
        2,
        Repository.at(new FolderStorage(place, new StableStorage()))
            .identity()
            .orElseThrow()
            .format());
    allAreWhole(place);
    lab.proxy().reset();
    backup(place);
    assertEquals(List.of(), lab.proxy().fetched());
    // Its row is back, for example because the database was restored.
    lab.stack()
        .database()
        .execute(ParsecStack.NAME, "INSERT INTO block SELECT * FROM purged", "DROP TABLE purged");
    backup(place);
    assertEquals(List.of(purged), lab.proxy().fetched());
    prune(place, ONE, false);
    assertTrue(Files.exists(place.resolve("objects").resolve(purged)));
    allAreWhole(place);
  }

  /** As after a backup by the service or by the command. */
  @Test
  void removesObjectsOfEncryptedBackupsOnlyWithTheIdentity() throws Exception {
    Path place = lab.place();
    AgeKeys keys = AgeKeys.create();
    Map<String, String> settings = new TreeMap<>(lab.environment());
    settings.putAll(AgeKeys.recipients(keys));
    String purged = lab.stack().data().addBlocks(1).getFirst();
    for (int run = 0; run < 4; run++) {
      Backup backup = encrypted(place, settings);
      if (run == 0) {
        deleteRow(purged);
      }
      JobResult without =
          after(backup, PlainCore.prunes(place, ONE, new StableStorage(), Encryption.none()));
      assertEquals(0, without.removed().orElseThrow().objects());
      assertTrue(
          without.warnings().toString().contains("identity-file is not set"), without::toString);
      Encryption identity =
          PlainCore.encryption(AgeKeys.identity(AgeKeys.file(scratch, AgeKeys.create(), keys)));
      JobResult with = after(backup, PlainCore.prunes(place, ONE, new StableStorage(), identity));
      assertEquals(List.of(), with.warnings());
      assertEquals(run < 3 ? 0 : 1, with.removed().orElseThrow().objects(), with::toString);
    }
    assertFalse(Files.exists(place.resolve("objects").resolve(purged)));
    lab.visible(place).forEach(id -> verify(place, id));
  }

  private static Backup encrypted(Path repository, Map<String, String> settings) {
    Backup backup =
        PlainCore.backups(
                repository,
                settings,
                new StableStorage(),
                PlainCore.Limits.USUAL,
                PlainCore.Sync.REFERENCES,
                Clock.systemUTC())
            .start(Trigger.CLI)
            .execute()
            .document();
    assertEquals(JobState.COMPLETE, backup.state(), backup::toString);
    return backup;
  }

  private static JobResult after(Backup backup, PruneService prunes) {
    return prunes.start(backup).orElseThrow().execute().document();
  }

  @Test
  void removesNoObjectIfTheReferencesOfAKeptBackupAreDamaged() throws Exception {
    Path place = lab.place();
    backup(place);
    String id = backup(place).id();
    RepositoryDamage.flip(place.resolve("backups/" + id + "/references.tsv"));
    JobResult pruned = prune(place, ONE, false);
    assertEquals(1, pruned.removed().orElseThrow().backups());
    assertTrue(pruned.warnings().toString().contains("no object was removed"), pruned::toString);
  }

  /**
   * The state of the disk at each step of a prune is what a kill at that step leaves behind: every
   * backup that is still published is whole, and the next prune completes the work.
   */
  @Test
  void harmsNoKeptBackupWhereverItIsKilled() throws Exception {
    Path prepared = dueForRemoval();
    Map<Map<String, String>, Path> states = new LinkedHashMap<>();
    List<String> steps = new ArrayList<>();
    Checkpoints checkpoints =
        new Checkpoints((step, occurrence) -> {
          steps.add(step);
          try {
            states.computeIfAbsent(files(prepared), state -> copy(prepared));
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
    assertEquals(
        1,
        prune(prepared, ONE, false, new StableStorage(checkpoints))
            .removed()
            .orElseThrow()
            .objects());
    assertTrue(steps.contains("before delete of backup.json"), steps::toString);
    assertTrue(states.size() > 10, steps::toString);
    Map<String, String> expected = files(prepared);
    for (Path state : states.values()) {
      RepositoryPlace.awaitFree(state);
      publishedFilesAreWhole(state);
      newestIsWhole(state);
      prune(state, ONE, false);
      assertEquals(names(expected), names(files(state)));
      newestIsWhole(state);
    }
  }

  private static void publishedFilesAreWhole(Path repository) throws IOException {
    Repository place = Repository.at(new FolderStorage(repository, new StableStorage()));
    for (RunId id : place.published().ids()) {
      assertEquals(List.of(), place.files().check(id));
    }
  }

  private static void newestIsWhole(Path repository) {
    verify(repository, "latest");
  }

  /** A repository in which a prune removes two backups and one object. */
  private static Path dueForRemoval() throws SQLException {
    Path place = lab.place();
    String purged = lab.stack().data().addBlocks(1).getFirst();
    backup(place);
    deleteRow(purged);
    backup(place);
    prune(place, ONE, false);
    backup(place);
    prune(place, ONE, false);
    backup(place);
    backup(place);
    return place;
  }

  private static Path copy(Path repository) {
    try {
      return lab.copy(repository);
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The files without those that differ between two prunes. */
  private static Map<String, String> files(Path repository) throws IOException {
    Map<String, String> files = new TreeMap<>(new RepositoryProof(repository).everything());
    files.remove("lock");
    return files;
  }

  private static List<String> names(Map<String, String> files) {
    return files.keySet().stream()
        .filter(name -> !name.startsWith("checks/"))
        .map(name -> name.replaceFirst("^index/.*\\.removed", "index/ID.removed"))
        .distinct()
        .toList();
  }

  /** A prune that was killed, or refused, has marked a backup that other rules keep. */
  @Test
  void removesNothingOfABackupThatItKeepsAfterAll() throws Exception {
    Path repository = dueForRemoval();
    String first = lab.visible(repository).getFirst();
    try (Victim victim =
        Victim.java(
            KillableJob.class,
            lab.environment(),
            scratch,
            repository.toString(),
            "prune",
            "before delete of backup.json",
            "1")) {
      assertEquals(Victim.KILLED, victim.exitCode(), victim::output);
    }
    RepositoryPlace.awaitFree(repository);
    assertEquals(first, lab.visible(repository).getFirst());
    PlainCore.Retention all = new PlainCore.Retention("unlimited", "keep");
    prune(repository, all, false);
    allAreWhole(repository);
    Files.delete(repository.resolve("backups").resolve(first).resolve("backup.json"));
    prune(repository, all, false);
    assertTrue(Files.exists(repository.resolve("backups").resolve(first).resolve("database.dump")));
  }

  @Test
  void completesAPruneThatWasKilled() throws Exception {
    Path repository = dueForRemoval();
    try (Victim victim =
        Victim.java(
            KillableJob.class,
            lab.environment(),
            scratch,
            repository.toString(),
            "prune",
            "after delete of backup.json",
            "1")) {
      assertEquals(Victim.KILLED, victim.exitCode(), victim::output);
    }
    RepositoryPlace.awaitFree(repository);
    allAreWhole(repository);
    prune(repository, ONE, false);
    assertEquals(1, lab.visible(repository).size());
    assertEquals(
        lab.visible(repository),
        Repository.at(new FolderStorage(repository, new StableStorage()))
            .storage()
            .children("backups"));
    allAreWhole(repository);
  }
}
