package io.parsecbackup.backup;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.parsecbackup.Problem;
import io.parsecbackup.job.JobResult;
import io.parsecbackup.job.JobState;
import io.parsecbackup.job.Trigger;
import io.parsecbackup.repository.storage.SealedJson;
import io.parsecbackup.repository.storage.folder.FolderStorage;
import io.parsecbackup.repository.storage.folder.StableStorage;
import io.parsecbackup.restore.JobService;
import io.parsecbackup.restore.Subset;
import io.parsecbackup.testing.CrashLab;
import io.parsecbackup.testing.FileFacts;
import io.parsecbackup.testing.ParsecData;
import io.parsecbackup.testing.ParsecStack;
import io.parsecbackup.testing.PlainCore;
import io.parsecbackup.testing.RaidBlocks;
import io.parsecbackup.testing.RepositoryDamage;
import io.parsecbackup.testing.S3Bucket;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * After a final loss is accepted, later backups are complete again, and other losses are still
 * reported.
 */
class LossAcceptanceTest {

  @TempDir static Path scratch;
  private static CrashLab lab;
  private static List<String> keys;
  private static Map<String, byte[]> blocks = new HashMap<>();
  private static int raids;

  @BeforeAll
  static void start() {
    lab = CrashLab.start(ParsecData.Spec.of(12, 700), scratch);
    lab.stack().allowDatabases();
    keys = lab.stack().data().referencedKeys();
    keys.forEach(key -> blocks.put(key, lab.bucket().get(key).orElseThrow()));
  }

  @AfterAll
  static void stop() {
    lab.close();
  }

  /** The block store of a source, in which a test loses a block and puts it back. */
  private record Source(String blockstore, List<S3Bucket> nodes) {

    static Source of(String layout) {
      if (layout.equals("S3")) {
        blocks.forEach(lab.bucket()::put);
        return new Source(
            lab.environment().getOrDefault("PARSEC_BLOCKSTORE", ""), List.of(lab.bucket()));
      }
      int raid = ++raids;
      List<S3Bucket> nodes =
          Stream.of(0, 1)
              .map(node -> lab.stack().s3().bucket("accept-" + raid + "-" + node))
              .toList();
      Source made =
          new Source(
              String.join(
                  " ",
                  nodes.stream()
                      .map(node ->
                          "RAID0:"
                              + nodes.indexOf(node)
                              + ":"
                              + lab.stack()
                                  .blockstore()
                                  .replace(
                                      ":" + lab.bucket().name() + ":", ":" + node.name() + ":"))
                      .toList()),
              nodes);
      keys.forEach(made::put);
      return made;
    }

    S3Bucket of(Path unused, String key) {
      return nodes.get(nodes.size() == 1 ? 0 : RaidBlocks.node(key, nodes.size()));
    }

    void put(String key) {
      of(scratch, key).put(key, blocks.getOrDefault(key, new byte[0]));
    }

    void lose(String key) {
      of(scratch, key).delete(key);
    }

    Backup backup(Path repository) {
      Map<String, String> environment = new HashMap<>(lab.environment());
      environment.put("PARSEC_BLOCKSTORE", blockstore);
      BackupService backups =
          PlainCore.backups(
              repository,
              environment,
              new StableStorage(),
              PlainCore.Limits.USUAL,
              PlainCore.Sync.REFERENCES,
              Clock.systemUTC());
      return backups.start(Trigger.CLI).execute().document();
    }
  }

  private static Acceptance accept(Path repository) {
    return PlainCore.acceptance(repository, new StableStorage())
        .accept(Optional.empty(), Optional.of("the node lost it"), Trigger.CLI);
  }

  private static void assertCounts(Backup backup, JobState state, long missing, long accepted) {
    assertEquals(state, backup.state(), backup::toString);
    Backup.ObjectCounts objects = backup.objects().orElseThrow();
    assertEquals(
        List.of(missing, accepted),
        List.of(objects.missing(), objects.accepted()),
        backup::toString);
    assertEquals(0, objects.failed(), backup::toString);
  }

  private static String missing(Path repository, Backup backup) throws IOException {
    Path list = repository.resolve("backups/" + backup.id() + "/missing.txt");
    return Files.exists(list) ? Files.readString(list) : "";
  }

  @ParameterizedTest
  @ValueSource(strings = {"S3", "RAID0"})
  void makesLaterBackupsCompleteUntilSomethingElseIsLost(String layout) throws Exception {
    Source source = Source.of(layout);
    Path repository = lab.place();
    String lost = keys.get(3);
    source.lose(lost);
    Backup first = source.backup(repository);
    assertCounts(first, JobState.INCOMPLETE, 1, 0);
    assertEquals(Optional.empty(), new BackupCatalog(core(repository)).latest());

    Acceptance accepted = accept(repository);
    assertEquals(first.id(), accepted.backup());
    assertEquals(1, accepted.objects());
    String record =
        Files.readString(repository.resolve("accepted/" + accepted.id().orElseThrow() + ".tsv"));
    assertTrue(record.startsWith(lost + "\t700\t"), record);
    // A second call: nothing is left to accept, and no record is written.
    assertEquals(Optional.empty(), accept(repository).id());
    assertEquals(1, accept(repository).already());

    Backup second = source.backup(repository);
    assertCounts(second, JobState.COMPLETE, 0, 1);
    assertEquals("complete, 1 accepted loss", second.stateInWords());
    assertTrue(missing(repository, second).startsWith(lost + "\taccepted: "), second::toString);
    assertEquals(0, accept(repository).objects());
    assertEquals(JobState.COMPLETE, verify(repository).state());
    JobResult drill = drill(repository);
    assertEquals(JobState.COMPLETE, drill.state(), drill::toString);
    assertTrue(drill.warnings().toString().contains("accepted losses"), drill::toString);
    assertEquals(second.id(), new BackupCatalog(core(repository)).latest().orElseThrow().id());

    // Another loss: the accepted one does not hide it.
    source.lose(keys.get(7));
    // The repository already has this object, so its loss changes nothing. The loss of a new block
    // is reported.
    assertCounts(source.backup(repository), JobState.COMPLETE, 0, 1);

    source.put(lost);
    Backup back = source.backup(repository);
    assertCounts(back, JobState.COMPLETE, 0, 0);
    assertEquals(1, back.objects().orElseThrow().copied());
    assertEquals("", missing(repository, back));

    List<String> added = lab.stack().data().addBlocks(1);
    if (layout.equals("S3")) {
      lab.bucket().delete(added.getFirst());
    }
    try {
      assertCounts(source.backup(repository), JobState.INCOMPLETE, 1, 0);
    } finally {
      delete(added.getFirst());
    }
  }

  private static void delete(String key) {
    lab.stack()
        .database()
        .execute(
            ParsecStack.NAME,
            "DELETE FROM block WHERE block_id = '" + key.substring(key.indexOf('/') + 1) + "'");
    lab.bucket().delete(key);
  }

  private static io.parsecbackup.repository.Repository core(Path repository) {
    return io.parsecbackup.repository.Repository.at(
        new FolderStorage(repository, new StableStorage()));
  }

  /** The repository had the object: then the disk damaged it, and the source lost it. */
  @Test
  void acceptsAnObjectThatIsDamagedInTheRepositoryAndLostAtTheSource() throws Exception {
    Source source = Source.of("S3");
    Path repository = lab.place();
    String key = keys.get(6);
    assertCounts(source.backup(repository), JobState.COMPLETE, 0, 0);
    RepositoryDamage.flip(repository.resolve("objects").resolve(key));
    source.lose(key);
    assertEquals(JobState.INCOMPLETE, verify(repository).state());
    assertCounts(source.backup(repository), JobState.INCOMPLETE, 1, 0);
    assertEquals(1, accept(repository).objects());
    assertCounts(source.backup(repository), JobState.COMPLETE, 0, 1);
    // Still accepted, and a verification of that backup finds nothing.
    assertCounts(source.backup(repository), JobState.COMPLETE, 0, 1);
    JobResult verified = verify(repository);
    assertEquals(JobState.COMPLETE, verified.state(), verified::toString);

    source.put(key);
    assertCounts(source.backup(repository), JobState.COMPLETE, 0, 0);
    assertEquals(JobState.COMPLETE, verify(repository).state());
  }

  /** An object that came back, was backed up and is lost again is a new loss. */
  @Test
  void reportsAnObjectThatCameBackAndIsLostAgain() throws Exception {
    Source source = Source.of("S3");
    Path repository = lab.place();
    String key = keys.get(8);
    source.lose(key);
    source.backup(repository);
    assertEquals(1, accept(repository).objects());
    assertCounts(source.backup(repository), JobState.COMPLETE, 0, 1);
    source.put(key);
    assertCounts(source.backup(repository), JobState.COMPLETE, 0, 0);

    RepositoryDamage.flip(repository.resolve("objects").resolve(key));
    source.lose(key);
    assertEquals(JobState.INCOMPLETE, verify(repository).state());
    assertCounts(source.backup(repository), JobState.INCOMPLETE, 1, 0);
    assertCounts(source.backup(repository), JobState.INCOMPLETE, 1, 0);
    assertEquals(1, accept(repository).objects());
    assertCounts(source.backup(repository), JobState.COMPLETE, 0, 1);
  }

  /** Only the list with which a backup was published says what the backup does not contain. */
  @Test
  void anUnprovenListHidesNoDamage() throws Exception {
    Source source = Source.of("S3");
    Path repository = lab.place();
    String key = keys.get(9);
    Backup backup = source.backup(repository);
    RepositoryDamage.flip(repository.resolve("objects").resolve(key));
    Files.writeString(
        repository.resolve("backups/" + backup.id() + "/missing.txt"), key + "\tlost\n");
    assertEquals(JobState.INCOMPLETE, verify(repository).state());
  }

  private static JobResult drill(Path repository) {
    JobService jobs = PlainCore.jobs(repository, lab.environment());
    return jobs.drill("latest", Trigger.CLI).execute().document();
  }

  private static JobResult verify(Path repository) {
    JobService jobs = PlainCore.jobs(repository, lab.environment());
    return jobs.verification("latest", Subset.ALL, Trigger.CLI).execute().document();
  }

  /** Any member of two realms can cause this: the server returns the last bytes for both. */
  @Test
  void explainsAndAcceptsABlockIdThatTwoRealmsUseWithDifferentSizes() throws Exception {
    Source source = Source.of("S3");
    Path repository = lab.place();
    String key = keys.get(4);
    String id = key.substring(key.indexOf('/') + 1);
    assertCounts(source.backup(repository), JobState.COMPLETE, 0, 0);
    // The second realm's block, after the first one was backed up: its object is replaced.
    byte[] others = new byte[900];
    lab.bucket().put(key, others);
    lab.stack()
        .database()
        .execute(
            ParsecStack.NAME,
            "INSERT INTO block (block_id, realm, author, size, created_on, key_index)"
                + " SELECT block_id, realm + 1, author, 900, created_on, key_index FROM block"
                + " WHERE block_id = '"
                + id
                + "'");
    try {
      for (Path place : List.of(repository, lab.place())) {
        Backup backup = source.backup(place);
        assertCounts(backup, JobState.INCOMPLETE, 1, 0);
        String line = missing(place, backup);
        assertTrue(line.startsWith(key + "\t"), line);
        for (String word :
            List.of(
                "realms of the organization ",
                "(700 bytes in realm ",
                ", 900 bytes in realm ",
                "the source's object has 900 bytes")) {
          assertTrue(line.contains(word), word + " in " + line);
        }
        assertEquals(1, accept(place).objects());
        Backup after = source.backup(place);
        assertCounts(after, JobState.COMPLETE, 0, 1);
        assertEquals(0, after.objects().orElseThrow().conflicts(), after::toString);
      }
      // The final bytes stay; the bytes that the server returns now are kept beside them.
      assertArrayEquals(
          blocks.get(key), Files.readAllBytes(repository.resolve("objects").resolve(key)));
      assertArrayEquals(
          others,
          Files.readAllBytes(
              repository.resolve("conflicts").resolve(key).resolve(FileFacts.sha256(others))));
    } finally {
      lab.stack()
          .database()
          .execute(
              ParsecStack.NAME, "DELETE FROM block WHERE block_id = '" + id + "' AND size = 900");
    }
  }

  @Test
  void isBoundToTheSizeOfTheRow() throws Exception {
    Source source = Source.of("S3");
    Path repository = lab.place();
    String lost = keys.getFirst();
    String row = " WHERE block_id = '" + lost.substring(lost.indexOf('/') + 1) + "'";
    source.lose(lost);
    source.backup(repository);
    accept(repository);
    assertCounts(source.backup(repository), JobState.COMPLETE, 0, 1);
    lab.stack().database().execute(ParsecStack.NAME, "UPDATE block SET size = 701" + row);
    try {
      assertCounts(source.backup(repository), JobState.INCOMPLETE, 1, 0);
    } finally {
      lab.stack().database().execute(ParsecStack.NAME, "UPDATE block SET size = 700" + row);
    }
  }

  /** A power cut at each step that changes what is on the disk. */
  @Test
  void isStoredWholeOrNotAtAllAtEveryPowerCut() throws Exception {
    Source source = Source.of("S3");
    Path prepared = lab.place();
    source.lose(keys.get(1));
    source.backup(prepared);
    int whole = 0;
    for (int step = 1; ; step++) {
      Path repository = lab.copy(prepared);
      AtomicInteger left = new AtomicInteger(step);
      StableStorage dying =
          new StableStorage(reached -> {
            if (left.decrementAndGet() == 0) {
              throw new PowerCut();
            }
          });
      try {
        PlainCore.acceptance(repository, dying)
            .accept(Optional.empty(), Optional.empty(), Trigger.CLI);
        assertTrue(whole > 0, "no power cut after the record");
        break;
      } catch (PowerCut cut) {
        boolean isThere = !core(repository).acceptedLosses().ids().isEmpty();
        whole += isThere ? 1 : 0;
        assertEquals(List.of(), core(repository).acceptedLosses().damage());
        // The next call does the rest, or finds that nothing is left to do.
        Acceptance again = accept(repository);
        assertEquals(isThere ? 0 : 1, again.objects(), "cut at step " + step);
        try (Stream<Path> files = Files.list(repository.resolve("accepted"))) {
          assertEquals(2, files.count(), "cut at step " + step);
        }
      }
    }
  }

  /** Stops an acceptance as a power cut would. */
  private static final class PowerCut extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  @Test
  void hasNoEffectIfItsRecordIsDamaged() throws Exception {
    Source source = Source.of("S3");
    Path repository = lab.place();
    source.lose(keys.get(5));
    source.backup(repository);
    String id = accept(repository).id().orElseThrow();
    RepositoryDamage.flip(repository.resolve("accepted/" + id + ".tsv"));
    assertEquals(
        "accepted/" + id + ".tsv", core(repository).acceptedLosses().damage().getFirst().name());
    assertCounts(source.backup(repository), JobState.INCOMPLETE, 1, 0);
    // It can be accepted again.
    assertEquals(1, accept(repository).objects());
    assertCounts(source.backup(repository), JobState.COMPLETE, 0, 1);
  }

  @Test
  void refusesABackupThatCannotBeTrustedOrIsNotFound() throws Exception {
    Source source = Source.of("S3");
    Path repository = lab.place();
    assertEquals(
        Problem.Kind.NOT_FOUND, assertThrows(Problem.class, () -> accept(repository)).kind());
    assertFalse(Files.exists(repository));
    source.lose(keys.get(2));
    Backup backup = source.backup(repository);
    LossAcceptance losses = PlainCore.acceptance(repository, new StableStorage());
    assertEquals(
        Problem.Kind.NOT_FOUND,
        assertThrows(
                Problem.class,
                () -> losses.accept(Optional.of("20200101T000000Z"), Optional.empty(), Trigger.CLI))
            .kind());
    RepositoryDamage.flip(repository.resolve("backups/" + backup.id() + "/missing.txt"));
    Problem damaged = assertThrows(Problem.class, () -> accept(repository));
    assertEquals(Problem.Kind.REPOSITORY, damaged.kind());
    assertTrue(String.valueOf(damaged.getMessage()).contains("missing.txt"), damaged::getMessage);
  }

  /** Its seal is valid, but its content is not: nothing may fail because of it. */
  @Test
  void ignoresASealedDocumentWithInvalidContent() throws Exception {
    Path repository = lab.place();
    Path accepted = Files.createDirectories(repository.resolve("accepted"));
    Files.write(
        accepted.resolve("20200101T000000Z.json"),
        SealedJson.seal(JsonNodeFactory.instance.objectNode().put("objects", "many")));
    assertEquals(Optional.empty(), LossAcceptance.firstAcceptedAt(core(repository)));
  }
}
