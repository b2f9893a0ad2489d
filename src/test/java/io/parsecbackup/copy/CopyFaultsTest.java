package io.parsecbackup.copy;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parsecbackup.job.JobResult;
import io.parsecbackup.job.JobState;
import io.parsecbackup.job.Trigger;
import io.parsecbackup.repository.Repository;
import io.parsecbackup.repository.Source;
import io.parsecbackup.repository.index.Segment;
import io.parsecbackup.repository.storage.Content;
import io.parsecbackup.repository.storage.Layout;
import io.parsecbackup.repository.storage.NewFile;
import io.parsecbackup.repository.storage.RunId;
import io.parsecbackup.repository.storage.SealedJson;
import io.parsecbackup.repository.storage.Sha256;
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
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Copies of repositories to which something has happened: prunes, kills, damage. */
class CopyFaultsTest {

  private static final PlainCore.Retention ONE = new PlainCore.Retention("1", "referenced");

  @TempDir static Path scratch;
  private static CrashLab lab;

  @BeforeAll
  static void start() throws Exception {
    lab = CrashLab.start(ParsecData.Spec.of(4, 512), scratch);
    lab.stack().allowDatabases();
  }

  @AfterAll
  static void stop() {
    lab.close();
  }

  private static JobResult copy(Path repository, Path place) {
    return copy(repository, new StableStorage(), place);
  }

  private static JobResult copy(Path repository, StableStorage storage, Path place) {
    return PlainCore.copies(repository, RepositoryPlace.setting(place), storage)
        .start(Trigger.CLI)
        .execute()
        .document();
  }

  private static JobResult assertComplete(JobResult result) {
    assertEquals(JobState.COMPLETE, result.state(), result::toString);
    assertEquals(JobState.COMPLETE, result.copies().getFirst().state(), result::toString);
    return result;
  }

  private static void backup(Path repository) {
    assertEquals(
        JobState.COMPLETE, lab.run(repository, PlainCore.Sync.REFERENCES).document().state());
  }

  private static void backup(Path repository, Map<String, String> settings) {
    assertEquals(
        JobState.COMPLETE,
        PlainCore.backups(
                repository,
                settings,
                new StableStorage(),
                PlainCore.Limits.USUAL,
                PlainCore.Sync.REFERENCES,
                Clock.systemUTC())
            .start(Trigger.CLI)
            .execute()
            .document()
            .state());
  }

  private static JobResult prune(Path repository) {
    JobResult pruned =
        PlainCore.prunes(repository, ONE, new StableStorage())
            .start(false, Trigger.CLI)
            .execute()
            .document();
    assertEquals(JobState.COMPLETE, pruned.state(), pruned::toString);
    return pruned;
  }

  private static JobResult verify(Path repository, String id) {
    return PlainCore.jobs(repository, lab.environment())
        .verification(id, Subset.ALL, Trigger.CLI)
        .execute()
        .document();
  }

  private static void allAreWhole(Path repository) {
    RepositoryProof proof = new RepositoryProof(repository);
    proof.backups().forEach(proof::isWhole);
    allVerify(repository);
  }

  private static void allVerify(Path repository) {
    for (String id : lab.visible(repository)) {
      JobResult verified = verify(repository, id);
      assertEquals(JobState.COMPLETE, verified.state(), verified::toString);
    }
  }

  @Test
  void copiesABackupAgainOfWhichTheSealOfItsWaitingSegmentIsDamaged() throws Exception {
    Path repository = lab.place();
    Path copy = lab.place();
    backup(repository);
    backup(repository);
    List<String> ids = lab.visible(repository);
    Path checksums = repository.resolve(Layout.checksums(new RunId(ids.getFirst())));
    Path intact = lose(checksums);
    assertEquals(JobState.INCOMPLETE, copy(repository, copy).state());
    assertEquals(List.of(), lab.visible(copy));
    RepositoryDamage.flip(copy.resolve(Layout.segmentSeal(new RunId(ids.getLast()))));
    Files.move(intact, checksums);

    assertComplete(copy(repository, copy));
    assertEquals(ids, lab.visible(copy));
    allAreWhole(copy);
    assertFalse(Files.exists(copy.resolve(Layout.segmentSeal(new RunId(ids.getLast())))));
    assertEquals(0, assertComplete(copy(repository, copy)).copies().getFirst().objects());
  }

  /**
   * A verification of the copy lists objects from the damaged lines. No object has their keys and
   * digests, so nothing can repair them.
   *
   * @param column of the line that is damaged: 0 the key, 2 the digest
   */
  @ParameterizedTest
  @ValueSource(ints = {0, 2})
  void isCompleteAfterItsIndexWasDamagedAndRepaired(int column) throws Exception {
    Path repository = lab.place();
    Path copy = lab.place();
    backup(repository);
    assertComplete(copy(repository, copy));
    String id = lab.visible(repository).getFirst();
    Path segment = copy.resolve(Layout.segment(new RunId(id)));
    List<String> lines = new ArrayList<>(Files.readAllLines(segment));
    String[] columns = lines.get(1).split("\t", -1);
    String last = columns[column].endsWith("0") ? "1" : "0";
    columns[column] = columns[column].substring(0, columns[column].length() - 1) + last;
    lines.set(1, String.join("\t", columns));
    Files.write(segment, lines);

    JobResult verified = verify(copy, id);
    assertTrue(verified.findings().size() > 1, verified::toString);
    assertEquals(0, assertComplete(copy(repository, copy)).copies().getFirst().objects());
    allVerify(copy);
    assertComplete(copy(repository, copy));
  }

  private static void deleteRow(String key) throws SQLException {
    String id = key.substring(key.lastIndexOf('/') + 1);
    lab.stack()
        .database()
        .execute(ParsecStack.NAME, "DELETE FROM block WHERE block_id = '" + id + "'");
  }

  private static Path object(Path repository, String key) {
    return repository.resolve("objects").resolve(key);
  }

  /**
   * The copy takes over what a prune has removed: so it is complete, and has neither the objects
   * nor a list of lost ones. An older copy keeps its backups, and the objects that they need.
   */
  @Test
  void takesOverRemovedObjects() throws Exception {
    Path repository = lab.place();
    Path older = lab.place();
    List<String> purged = lab.stack().data().addBlocks(2);
    backup(repository);
    String first = lab.visible(repository).getFirst();
    deleteRow(purged.get(0));
    backup(repository);
    prune(repository);
    deleteRow(purged.get(1));
    backup(repository);
    prune(repository);
    assertComplete(copy(repository, older));
    backup(repository);
    assertEquals(1, prune(repository).removed().orElseThrow().objects());

    Path copy = lab.place();
    assertComplete(copy(repository, copy));
    assertFalse(Files.exists(object(copy, purged.get(0))));
    assertTrue(Files.exists(object(copy, purged.get(1))));
    assertEquals(2, PlainCore.repository(copy).identity().orElseThrow().format());
    assertFalse(PlainCore.repository(copy).damagedObjects().isAny());
    allAreWhole(copy);
    assertEquals(0, assertComplete(copy(repository, copy)).copies().getFirst().objects());
    assertComplete(copy(repository, older));
    assertTrue(Files.exists(object(older, purged.get(0))));
    allAreWhole(older);

    // A prune that removes the other object while a copy is on its way.
    backup(repository);
    AtomicInteger removed = new AtomicInteger();
    Path last = lab.place();
    JobResult during =
        copy(
            repository,
            new StableStorage(
                new Checkpoints((step, occurrence) -> {
                  if (step.equals("after rename to ID.removed.json") && removed.get() == 0) {
                    removed.addAndGet(
                        Math.toIntExact(prune(repository).removed().orElseThrow().objects()));
                  }
                })),
            last);
    assertEquals(1, removed.get());
    assertComplete(during);
    assertFalse(Files.exists(object(last, purged.get(1))));
    assertEquals(lab.visible(repository), lab.visible(last));
    allAreWhole(last);
    assertEquals(0, assertComplete(copy(repository, last)).copies().getFirst().objects());
    assertFalse(lab.visible(last).contains(first));
  }

  /** Every kind of damage to the published files of a copy, which a verification finds. */
  @TestFactory
  Stream<DynamicTest> repairsDamagedFiles() {
    Path repository = lab.place();
    backup(repository);
    backup(repository);
    Path copy = lab.place();
    assertComplete(copy(repository, copy));
    String id = lab.visible(copy).getFirst();
    return RepositoryDamage.all(id, lab.bucket().list()).stream()
        .filter(damage ->
            damage.findings().keySet().stream()
                .noneMatch(Set.copyOf(lab.bucket().list())::contains))
        .map(damage ->
            DynamicTest.dynamicTest(
                damage.name(), () -> assertRepaired(repository, copy, id, damage)));
  }

  private static void assertRepaired(
      Path repository, Path copy, String id, RepositoryDamage.Damage damage) throws Exception {
    Map<String, String> before = new RepositoryProof(copy).published();
    damage.inflict(copy);
    if (!damage.name().endsWith("missing")) {
      assertFalse(verify(copy, id).state() == JobState.COMPLETE);
    }
    assertComplete(copy(repository, copy));
    assertEquals(before, new RepositoryProof(copy).published());
    JobResult verified = verify(copy, id);
    assertEquals(JobState.COMPLETE, verified.state(), verified::toString);
  }

  /** A file that is damaged in both is named until one of them is intact again. */
  @Test
  void namesAFileThatIsDamagedAtTheSourceToo() throws Exception {
    Path repository = lab.place();
    backup(repository);
    Path copy = lab.place();
    copy(repository, copy);
    String id = lab.visible(copy).getFirst();
    String dump = "backups/" + id + "/database.dump";
    RepositoryDamage.flip(repository.resolve(dump));
    RepositoryDamage.truncate(copy.resolve(dump));
    byte[] truncated = Files.readAllBytes(copy.resolve(dump));
    verify(copy, id);
    for (int i = 0; i < 2; i++) {
      JobResult damaged = copy(repository, copy);
      assertEquals(JobState.INCOMPLETE, damaged.state(), damaged::toString);
      assertEquals(List.of(dump), damaged.findings().stream().map(JobResult.Finding::key).toList());
      assertArrayEquals(truncated, Files.readAllBytes(copy.resolve(dump)));
    }
    RepositoryDamage.flip(repository.resolve(dump));
    JobResult healed = assertComplete(copy(repository, copy));
    assertEquals(1, healed.done().size(), healed::toString);
    allAreWhole(copy);
  }

  /**
   * The only segment with objects has no digest at the source, so a new copy does not get it. The
   * backups that need it wait until a later one has fetched the objects again.
   *
   * @param document what is damaged: the digest of the segment, or what publishes the backup
   * @param isEncrypted whether the copy cannot read what the backups refer to. Then the second
   *     backup waits for the damaged document
   */
  @ParameterizedTest
  @CsvSource({"SHA256SUMS, false", "backup.json, false", "SHA256SUMS, true"})
  void publishesNoBackupWithoutItsObjects(String document, boolean isEncrypted) throws Exception {
    Map<String, String> settings = new TreeMap<>(lab.environment());
    settings.putAll(isEncrypted ? AgeKeys.recipients(AgeKeys.create()) : Map.of());
    Path repository = lab.place();
    backup(repository, settings);
    backup(repository, settings);
    List<String> ids = lab.visible(repository);
    Path damaged = repository.resolve("backups").resolve(ids.get(0)).resolve(document);
    Path intact = lose(damaged);

    Path copy = lab.place();
    for (int i = 0; i < 2; i++) {
      JobResult result = copy(repository, copy);
      assertEquals(JobState.INCOMPLETE, result.state(), result::toString);
      assertTrue(
          result.findings().stream().anyMatch(found -> found.key().equals("backups/" + ids.get(1))),
          result::toString);
      assertEquals(List.of(), lab.visible(copy));
    }

    backup(repository, settings);
    String third = lab.visible(repository).getLast();
    JobResult result = copy(repository, copy);
    assertEquals(
        isEncrypted ? List.of(third) : List.of(ids.get(1), third),
        lab.visible(copy),
        result::toString);
    allVerify(copy);
    backup(repository, settings);
    copy(repository, copy);
    assertEquals(lab.visible(repository).getLast(), lab.visible(copy).getLast());

    Files.move(intact, damaged);
    assertComplete(copy(repository, copy));
    assertEquals(lab.visible(repository), lab.visible(copy));
    assertFalse(Files.exists(copy.resolve("index/" + ids.get(0) + ".made-up-for.json")));
    allVerify(copy);
  }

  /** The source needs no new fetch, because a compaction has what the damaged segment had. */
  @Test
  void publishesBackupsWhoseObjectsOnlyACompactionNames() throws Exception {
    Path repository = lab.place();
    backup(repository);
    backup(repository);
    String first = lab.visible(repository).getFirst();
    RunId second = new RunId(lab.visible(repository).getLast());
    Path merged = repository.resolve(Layout.compaction(second));
    byte[] records = Files.readAllBytes(repository.resolve("index/" + first + ".tsv"));
    put(repository, Layout.compaction(second), records);
    put(
        repository,
        Layout.compactionSeal(second),
        SealedJson.seal(
            new Segment(merged, Sha256.of(records), lab.bucket().list().size())
                .seal(second, "compaction")));
    Path damaged = repository.resolve("backups/" + first + "/SHA256SUMS");
    Path intact = lose(damaged);

    Path copy = lab.place();
    JobResult result = copy(repository, copy);
    assertEquals(List.of(second.text()), lab.visible(copy), result::toString);
    assertEquals(
        List.of("index/" + first + ".tsv"),
        result.findings().stream().map(JobResult.Finding::key).toList());
    allAreWhole(copy);
    Files.move(intact, damaged);
    assertComplete(copy(repository, copy));
    allAreWhole(copy);
  }

  /** A killed backup or copy over a bucket leaves documents that say that it is dead. */
  @Test
  void copiesAfterKilledRuns() throws Exception {
    Path repository = lab.place();
    String orphan = "CoolOrg/11111111-2222-3333-4444-555555555555";
    lab.bucket().put(orphan, "the first bytes");
    lab.backup(repository);
    Path copy = lab.place();
    assertComplete(copy(repository, copy));
    lab.kill(repository, "before rename to backup.json", 1);
    lab.bucket().put(orphan, "other bytes");
    lab.backup(repository);
    Map<String, String> environment = new TreeMap<>(lab.environment());
    environment.put("COPY_TO", RepositoryPlace.setting(copy));
    try (Victim victim =
        Victim.java(
            KillableJob.class,
            environment,
            scratch,
            repository.toString(),
            "copy",
            "before rename to OBJECT",
            "1")) {
      assertEquals(Victim.KILLED, victim.exitCode(), victim::output);
    }
    RepositoryPlace.awaitFree(repository);
    RepositoryPlace.awaitFree(copy);

    assertComplete(copy(repository, copy));
    assertEquals("other bytes", Files.readString(object(copy, orphan)));
    assertEquals(lab.visible(repository), lab.visible(copy));
    allAreWhole(copy);
    lab.bucket().delete(orphan);
  }

  @Test
  void refusesPlacesOfOtherRepositoriesAndSources() throws Exception {
    Path repository = lab.place();
    backup(repository);
    Path other = lab.place();
    backup(other);
    Path copyOfOther = lab.place();
    assertComplete(copy(other, copyOfOther));
    Path otherSource = lab.place();
    Repository foreign = PlainCore.repository(otherSource);
    try (var lock = foreign.lock("a test")) {
      foreign.rebind(new Source(Optional.of("1"), "elsewhere", List.of("bucket")));
    }
    for (Path place : List.of(copyOfOther, otherSource)) {
      Map<String, String> before = new RepositoryProof(place).everything();
      JobResult refused = copy(repository, place);
      assertEquals(JobState.FAILED, refused.state(), refused::toString);
      String error = refused.error().orElseThrow();
      assertTrue(error.contains("is not a copy of this repository"), error);
      assertEquals(before, new RepositoryProof(place).everything());
    }
  }

  /** All files of one repository that another one must have too, with their digests. */
  static Map<String, String> copied(Path repository) {
    return new RepositoryProof(repository)
        .everything().entrySet().stream()
            .filter(file -> file.getKey().matches("(backups|index|objects|accepted)/.*"))
            .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
  }

  /** Removes a file. Some servers know no ETag of a file that they have not written. */
  private static Path lose(Path file) throws IOException {
    return Files.move(file, Files.createTempDirectory(scratch, "lost").resolve("file"));
  }

  private static void put(Path repository, String name, byte[] bytes) throws IOException {
    PlainCore.repository(repository).storage().put(NewFile.ifAbsent(name, Content.of(bytes)));
  }
}
