package io.parsecbackup.copy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.parsecbackup.backup.Backup;
import io.parsecbackup.job.JobResult;
import io.parsecbackup.job.JobState;
import io.parsecbackup.job.Trigger;
import io.parsecbackup.repository.CheckRecords;
import io.parsecbackup.repository.Repository;
import io.parsecbackup.repository.UnreferencedObjects;
import io.parsecbackup.repository.index.IndexCodec;
import io.parsecbackup.repository.index.IndexRecord;
import io.parsecbackup.repository.index.RecordStream;
import io.parsecbackup.repository.storage.Layout;
import io.parsecbackup.repository.storage.RunId;
import io.parsecbackup.repository.storage.folder.StableStorage;
import io.parsecbackup.restore.Subset;
import io.parsecbackup.testing.AgeKeys;
import io.parsecbackup.testing.CrashLab;
import io.parsecbackup.testing.KillableJob;
import io.parsecbackup.testing.ParsecData;
import io.parsecbackup.testing.ParsecStack;
import io.parsecbackup.testing.PlainCore;
import io.parsecbackup.testing.RepositoryDamage;
import io.parsecbackup.testing.RepositoryPlace;
import io.parsecbackup.testing.Victim;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Copies that remove objects by rules of their own. */
class PrunedCopyTest {

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

  /** Purges a block after a backup, until the copy has removed it by its own rules. */
  private static String removeAtTheCopy(Path repository, Path copy) throws Exception {
    String purged = lab.stack().data().addBlocks(1).getFirst();
    backup(repository);
    copy(repository, copy);
    purge(purged);
    for (int run = 0; run < 3; run++) {
      backup(repository);
      copy(repository, copy);
      prune(copy);
    }
    return purged;
  }

  private static String backup(Path repository) {
    return backup(repository, lab.environment());
  }

  private static String backup(Path repository, Map<String, String> settings) {
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
    return backup.id();
  }

  private static JobResult.Copied copy(Path repository, Path place) {
    JobResult result =
        PlainCore.copies(repository, RepositoryPlace.setting(place), new StableStorage())
            .start(Trigger.CLI)
            .execute()
            .document();
    assertEquals(JobState.COMPLETE, result.state(), result::toString);
    return result.copies().getFirst();
  }

  private static void prune(Path repository) {
    JobResult result =
        PlainCore.prunes(repository, ONE, new StableStorage())
            .start(false, Trigger.CLI)
            .execute()
            .document();
    assertEquals(JobState.COMPLETE, result.state(), result::toString);
  }

  private static JobState verify(Path repository, String id) {
    return PlainCore.jobs(repository, lab.environment())
        .verification(id, Subset.ALL, Trigger.CLI)
        .execute()
        .document()
        .state();
  }

  /** The copy is killed after it has brought an object back, and some new ones. */
  @Test
  void usesAgainWhatAKilledCopyHasStored() throws Exception {
    Path repository = lab.place();
    Path copy = lab.place();
    String purged = removeAtTheCopy(repository, copy);
    restore();
    lab.stack().data().addBlocks(8);
    String newest = backup(repository);
    Map<String, String> environment = new TreeMap<>(lab.environment());
    environment.put("COPY_TO", RepositoryPlace.setting(copy));
    try (Victim victim =
        Victim.java(
            KillableJob.class,
            environment,
            scratch,
            repository.toString(),
            "copy",
            "after rename to OBJECT",
            "8")) {
      assertEquals(Victim.KILLED, victim.exitCode(), victim::output);
    }
    assertTrue(Files.exists(copy.resolve("objects").resolve(purged)));
    RepositoryPlace.awaitFree(repository);
    RepositoryPlace.awaitFree(copy);

    long copied = copy(repository, copy).objects();
    assertTrue(copied < 8, () -> "copied " + copied);
    assertEquals(JobState.COMPLETE, verify(copy, newest));
  }

  /**
   * The segment of what the copy brought back has an id of the copy. A later backup of the
   * repository gets the same one, because a clock was wrong.
   */
  @Test
  void copiesABackupWhoseIdTheCopyHasUsed() throws Exception {
    Path repository = lab.place();
    Path copy = lab.place();
    String purged = removeAtTheCopy(repository, copy);
    restore();
    backup(repository);
    RunId later = RunId.at(Instant.now().plusSeconds(3_600));
    note(copy, later);
    assertEquals(1, copy(repository, copy).objects());
    assertTrue(Files.exists(copy.resolve(Layout.segmentSeal(later.next()))));
    note(repository, later);
    lab.stack().data().addBlocks(1);
    String same = backup(repository);
    assertEquals(later.next().text(), same);

    JobResult.Copied copied = copy(repository, copy);
    assertEquals(1, copied.backups());
    assertEquals(1, copied.objects());
    assertEquals(JobState.COMPLETE, verify(copy, same));
    String next = backup(repository);
    assertEquals(0, copy(repository, copy).objects());
    assertEquals(JobState.COMPLETE, verify(copy, next));
  }

  /** As before, but the copy is killed before its segment has a seal. */
  @Test
  void copiesABackupWhoseIdAKilledCopyHasUsed() throws Exception {
    Path repository = lab.place();
    Path copy = lab.place();
    String purged = removeAtTheCopy(repository, copy);
    restore();
    backup(repository);
    RunId later = RunId.at(Instant.now().plusSeconds(3_600));
    note(copy, later);
    Map<String, String> environment = new TreeMap<>(lab.environment());
    environment.put("COPY_TO", RepositoryPlace.setting(copy));
    try (Victim victim =
        Victim.java(
            KillableJob.class,
            environment,
            scratch,
            repository.toString(),
            "copy",
            "before rename to ID.json",
            "1")) {
      assertEquals(Victim.KILLED, victim.exitCode(), victim::output);
    }
    RepositoryPlace.awaitFree(repository);
    RepositoryPlace.awaitFree(copy);
    assertTrue(Files.exists(copy.resolve(Layout.segment(later.next()))));
    copy(repository, copy);
    note(repository, later);
    lab.stack().data().addBlocks(1);
    String same = backup(repository);
    assertEquals(later.next().text(), same);

    JobResult.Copied copied = copy(repository, copy);
    assertEquals(1, copied.backups());
    assertEquals(1, copied.objects());
    assertEquals(JobState.COMPLETE, verify(copy, same));
  }

  /**
   * A prune of the copy has the id of one of the repository, and both removed objects. The disk
   * fails when the removals of the repository are taken over.
   */
  @Test
  void takesOverARemovalWhoseIdThePlaceHasUsed() throws Exception {
    Path repository = lab.place();
    Path copy = lab.place();
    backup(repository);
    copy(repository, copy);
    String purged = lab.stack().data().addBlocks(1).getFirst();
    backup(repository);
    purge(purged);
    for (int run = 0; run < 3; run++) {
      backup(repository);
      prune(repository);
    }
    assertFalse(Files.exists(repository.resolve("objects").resolve(purged)));
    Repository place = PlainCore.repository(copy);
    RunId prune =
        PlainCore.repository(repository)
            .removedObjects()
            .after(UnreferencedObjects.NONE)
            .getFirst();
    note(copy, prune, "prune");
    place
        .removedObjects()
        .publish(prune, RecordStream.empty(IndexCodec.INSTANCE), scratch.resolve("own.tsv"));
    StableStorage failing =
        new StableStorage(step -> {
          if (step.matches("before rename to [0-9TZ]+[.]removed[.]json")) {
            throw new UncheckedIOException(new IOException("the disk fails"));
          }
        });
    assertEquals(
        JobState.FAILED,
        PlainCore.copies(repository, RepositoryPlace.setting(copy), failing)
            .start(Trigger.CLI)
            .execute()
            .document()
            .state());

    copy(repository, copy);
    copy(repository, copy);
    restore();
    lab.stack().data().addBlocks(1);
    String newest = backup(repository);
    assertEquals(2, copy(repository, copy).objects());
    assertTrue(Files.exists(copy.resolve("objects").resolve(purged)));
    assertEquals(JobState.COMPLETE, verify(copy, newest));
  }

  /**
   * The repository has forgotten an object and fetched it again. The copy removes it only then, so
   * the removal is newer than the segment that names the object.
   */
  @Test
  void copiesAnObjectAgainThatTheCopyHasRemovedLast() throws Exception {
    Path repository = lab.place();
    Path copy = lab.place();
    String purged = lab.stack().data().addBlocks(1).getFirst();
    backup(repository);
    copy(repository, copy);
    purge(purged);
    for (int run = 0; run < 3; run++) {
      backup(repository);
      copy(repository, copy);
      prune(repository);
      if (run < 2) {
        prune(copy);
      }
    }
    restore();
    lab.proxy().reset();
    String newest = backup(repository);
    assertEquals(List.of(purged), lab.proxy().fetched());
    note(copy, new RunId(newest));
    prune(copy);
    Path there = copy.resolve("objects").resolve(purged);
    assertFalse(Files.exists(there));

    copy(repository, copy);
    assertTrue(Files.exists(there));
    assertEquals(JobState.COMPLETE, verify(copy, newest));
    String next = backup(repository);
    assertEquals(0, copy(repository, copy).objects());
    assertEquals(JobState.COMPLETE, verify(copy, next));
  }

  /**
   * Nobody can read which objects the backup needs, and not which ones the copy has removed. So
   * everything is copied again that its index does not surely have.
   */
  @Test
  void copiesRemovedObjectsAgainIfNothingSaysWhichTheyAre() throws Exception {
    Path repository = lab.place();
    Path copy = lab.place();
    Map<String, String> settings = new TreeMap<>(lab.environment());
    settings.putAll(AgeKeys.recipients(AgeKeys.create()));
    String removed = lab.stack().data().addBlocks(1).getFirst();
    backup(repository, settings);
    copy(repository, copy);
    RunId prune = new RunId(lab.visible(copy).getLast()).next();
    remove(copy, prune, removed);
    note(repository, prune);
    String newest = backup(repository, settings);
    Path list = copy.resolve(Layout.removal(prune));
    byte[] intact = Files.readAllBytes(list);
    RepositoryDamage.flip(list);

    JobResult result =
        PlainCore.copies(repository, RepositoryPlace.setting(copy), new StableStorage())
            .start(Trigger.CLI)
            .execute()
            .document();
    assertEquals(JobState.INCOMPLETE, result.state(), result::toString);
    assertEquals(JobState.INCOMPLETE, result.copies().getFirst().state(), result::toString);
    assertEquals(
        List.of(Layout.removal(prune)),
        result.findings().stream().map(JobResult.Finding::key).toList());
    assertTrue(Files.exists(copy.resolve("objects").resolve(removed)));
    assertEquals(newest, lab.visible(copy).getLast());
    Files.write(list, intact);
    assertEquals(JobState.COMPLETE, verify(copy, newest));
    assertEquals(0, copy(repository, copy).objects());
  }

  /** Removes an object as a prune does that is long over. */
  private static void remove(Path repository, RunId prune, String key) throws IOException {
    Repository place = PlainCore.repository(repository);
    Path line = scratch.resolve("line-" + prune.text());
    try (RecordStream<IndexRecord> records =
        place.index().open(List.of(), () -> scratch.resolve("merged-" + prune.text()))) {
      Files.writeString(
          line, IndexCodec.INSTANCE.format(records.take(key).orElseThrow().asRemoved()) + "\n");
    }
    place
        .removedObjects()
        .publish(
            prune,
            RecordStream.merge(IndexCodec.INSTANCE, List.of(line)),
            scratch.resolve("list-" + prune.text()));
    Files.delete(repository.resolve("objects").resolve(key));
  }

  private static void note(Path repository, RunId job) throws IOException {
    note(repository, job, "verify");
  }

  /** Leaves what a job with this id leaves. */
  private static void note(Path repository, RunId job, String kind) throws IOException {
    PlainCore.repository(repository)
        .checks()
        .write(new CheckRecords.Name(job, kind), JsonNodeFactory.instance.objectNode());
  }

  private static void purge(String key) throws SQLException {
    String where = " FROM block WHERE block_id = '" + key.substring(key.lastIndexOf('/') + 1) + "'";
    lab.stack()
        .database()
        .execute(
            ParsecStack.NAME,
            "CREATE TABLE purged AS SELECT *" + where,
            "GRANT SELECT ON purged TO PUBLIC",
            "DELETE" + where);
  }

  private static void restore() throws SQLException {
    lab.stack()
        .database()
        .execute(ParsecStack.NAME, "INSERT INTO block SELECT * FROM purged", "DROP TABLE purged");
  }

  /**
   * The database was restored from an old dump, so a backup needs an object again that the
   * repository still has and that the copy has removed.
   *
   * @param late whether the copy removes it only when the repository has that backup already
   */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void copiesAnObjectAgainThatTheCopyHasRemoved(boolean late) throws Exception {
    Path repository = lab.place();
    Path copy = lab.place();
    String purged = lab.stack().data().addBlocks(1).getFirst();
    backup(repository);
    copy(repository, copy);
    purge(purged);
    Path there = copy.resolve("objects").resolve(purged);
    for (int run = 0; run < 3; run++) {
      backup(repository);
      copy(repository, copy);
      if (!late || run < 2) {
        prune(copy);
      }
    }
    restore();
    lab.proxy().reset();
    String newest = backup(repository);
    assertEquals(List.of(), lab.proxy().fetched());
    if (late) {
      prune(copy);
    }
    assertFalse(Files.exists(there));

    assertEquals(1, copy(repository, copy).objects());
    assertTrue(Files.exists(there));
    assertEquals(JobState.COMPLETE, verify(copy, newest));
    Files.delete(there);
    assertEquals(JobState.INCOMPLETE, verify(copy, newest));
    assertEquals(1, copy(repository, copy).objects());
    assertEquals(JobState.COMPLETE, verify(copy, newest));
    String next = backup(repository);
    assertEquals(0, copy(repository, copy).objects());
    prune(copy);
    assertEquals(JobState.COMPLETE, verify(copy, next));
  }
}
