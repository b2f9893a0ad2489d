package io.parsecbackup.copy;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.parsecbackup.backup.Backup;
import io.parsecbackup.job.JobResult;
import io.parsecbackup.job.JobState;
import io.parsecbackup.job.Trigger;
import io.parsecbackup.repository.CheckRecords;
import io.parsecbackup.repository.index.IndexCodec;
import io.parsecbackup.repository.index.IndexRecord;
import io.parsecbackup.repository.index.RecordStream;
import io.parsecbackup.repository.index.Segment;
import io.parsecbackup.repository.storage.Layout;
import io.parsecbackup.repository.storage.RunId;
import io.parsecbackup.repository.storage.SealedJson;
import io.parsecbackup.repository.storage.folder.StableStorage;
import io.parsecbackup.restore.JobService;
import io.parsecbackup.restore.Subset;
import io.parsecbackup.testing.CrashLab;
import io.parsecbackup.testing.EmbeddedS3;
import io.parsecbackup.testing.Fault;
import io.parsecbackup.testing.FaultyProxy;
import io.parsecbackup.testing.KillableJob;
import io.parsecbackup.testing.ParsecData;
import io.parsecbackup.testing.ParsecStack;
import io.parsecbackup.testing.PlainCore;
import io.parsecbackup.testing.RepositoryDamage;
import io.parsecbackup.testing.RepositoryPlace;
import io.parsecbackup.testing.RepositoryProof;
import io.parsecbackup.testing.S3Request;
import io.parsecbackup.testing.S3Response;
import io.parsecbackup.testing.Victim;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Copies from folders and buckets to folders and buckets. */
class MixedCopyTest {

  private enum Place {
    FOLDER,
    BUCKET
  }

  private static final int OBJECTS = 12;

  /** The answer to a PUT, without an effect. */
  private static final Fault STORED =
      new Fault.Answer(
          new S3Response(
              200,
              List.of(Map.entry("ETag", "\"0123456789abcdef0123456789abcdef\"")),
              new byte[0]));

  @TempDir static Path scratch;
  private static CrashLab lab;
  private static EmbeddedS3 s3;
  private static FaultyProxy proxy;

  /** Two backups, the second with one more object. */
  private static Path prepared;

  @BeforeAll
  static void start() throws Exception {
    s3 = EmbeddedS3.withConditions();
    proxy = FaultyProxy.before(s3.endpoint());
    lab = CrashLab.start(ParsecData.Spec.of(OBJECTS, 512), scratch);
    lab.stack().allowDatabases();
    prepared = lab.place();
    backup(prepared);
    lab.stack().data().addBlocks(1);
    backup(prepared);
  }

  /** Makes a complete backup, and returns how many objects it copied. */
  private static long backup(Path repository) {
    Backup backup = lab.backup(repository);
    assertEquals(JobState.COMPLETE, backup.state(), backup::toString);
    return backup.objects().orElseThrow().copied();
  }

  @AfterAll
  static void stop() {
    lab.close();
    proxy.close();
    s3.close();
  }

  @AfterEach
  void reset() {
    proxy.reset();
  }

  private static Path at(Place kind, Path folder) {
    if (kind == Place.BUCKET) {
      String bucket = "copies-" + Integer.toUnsignedString(folder.hashCode(), 36);
      s3.folderBucket(bucket, folder.toAbsolutePath().normalize());
      RepositoryPlace.assign(
          folder,
          RepositoryPlace.setting(proxy.endpoint(), bucket, s3.accessKey(), s3.secretKey()));
    }
    return folder;
  }

  private static Path original(Place kind) throws Exception {
    return moved(kind, lab.copy(prepared));
  }

  /** Without the lock of the folder, which a bucket cannot use. */
  private static Path moved(Place kind, Path folder) throws IOException {
    Files.delete(folder.resolve("lock"));
    return at(kind, folder);
  }

  private static JobResult copy(Path repository, Path place) {
    return PlainCore.copies(repository, RepositoryPlace.setting(place), new StableStorage())
        .start(Trigger.CLI)
        .execute()
        .document();
  }

  private static JobResult.Copied assertComplete(JobResult result) {
    assertEquals(JobState.COMPLETE, result.state(), result::toString);
    return result.copies().getFirst();
  }

  /** The source is lost, with its bucket: everything comes from the copy, by the program alone. */
  @ParameterizedTest
  @CsvSource({"FOLDER, FOLDER", "FOLDER, BUCKET", "BUCKET, FOLDER", "BUCKET, BUCKET"})
  void isAWholeRepository(Place from, Place to) throws Exception {
    Path repository = original(from);
    Path copy = at(to, lab.place());
    JobResult.Copied copied = assertComplete(copy(repository, copy));
    assertEquals(2, copied.backups());
    assertEquals(OBJECTS + 1, copied.objects());
    assertEquals(CopyFaultsTest.copied(repository), CopyFaultsTest.copied(copy));
    List<String> listed = lab.visible(repository);
    new RepositoryProof(copy).allAreWhole();
    Files.move(repository, repository.resolveSibling("lost"));

    assertEquals(listed, lab.visible(copy));
    JobService jobs = PlainCore.jobs(copy, lab.environment());
    Map<String, byte[]> lost = new TreeMap<>();
    new RepositoryProof(copy)
        .index()
        .keySet()
        .forEach(key -> lost.put(key, lab.bucket().get(key).orElseThrow()));
    for (String kind : List.of("verify", "drill", "restore")) {
      if (kind.equals("restore")) {
        lost.keySet().forEach(lab.bucket()::delete);
      }
      JobResult result = KillableJob.begin(jobs, kind).execute().document();
      assertEquals(JobState.COMPLETE, result.state(), result::toString);
    }
    lost.forEach(
        (key, bytes) -> assertArrayEquals(bytes, lab.bucket().get(key).orElseThrow(), key));
  }

  /** The server of the copy does not say which segment waits for its backup. */
  @Test
  void copiesAWaitingBackupLaterIfItsSealCannotBeRead() throws Exception {
    Path repository = original(Place.FOLDER);
    Path copy = at(Place.BUCKET, lab.place());
    List<String> ids = lab.visible(repository);
    Path checksums = repository.resolve(Layout.checksums(new RunId(ids.getFirst())));
    byte[] intact = Files.readAllBytes(checksums);
    Files.delete(checksums);
    assertEquals(JobState.INCOMPLETE, copy(repository, copy).state());
    Files.write(checksums, intact);
    String seal = Layout.segmentSeal(new RunId(ids.getLast()));
    proxy.when(
        request -> request.kind() == S3Request.Kind.GET_OBJECT && request.key().equals(seal),
        Fault.status(403));
    JobResult refused = copy(repository, copy);
    assertEquals(JobState.INCOMPLETE, refused.state(), refused::toString);
    assertEquals(seal, refused.findings().getFirst().key(), refused::toString);

    proxy.reset();
    assertComplete(copy(repository, copy));
    assertEquals(ids, lab.visible(copy));
    new RepositoryProof(copy).allAreWhole();
  }

  /**
   * The server of the original refuses a file of the older backup. The newer one is copied, unless
   * it needs objects that only the index segment of the older one names.
   */
  @ParameterizedTest
  @CsvSource({
    "backups/ID/references.tsv, 1",
    "backups/ID/database.dump, 1",
    "backups/ID/SHA256SUMS, 0",
    "index/ID.tsv, 0"
  })
  void copiesEverythingElseIfAFileIsRefused(String file, int copied) throws Exception {
    Path repository = original(Place.BUCKET);
    Path copy = at(Place.FOLDER, lab.place());
    List<String> ids = lab.visible(repository);
    String refused = file.replace("ID", ids.getFirst());
    proxy.when(
        request -> request.kind() == S3Request.Kind.GET_OBJECT && request.key().equals(refused),
        Fault.status(403));
    JobResult first = copy(repository, copy);
    assertEquals(JobState.INCOMPLETE, first.state(), first::toString);
    assertEquals(ids.subList(ids.size() - copied, ids.size()), lab.visible(copy));

    proxy.reset();
    assertComplete(copy(repository, copy));
    assertEquals(ids, lab.visible(copy));
    new RepositoryProof(copy).allAreWhole();
  }

  @ParameterizedTest
  @CsvSource({
    "FOLDER, BUCKET, after rename to OBJECT, 5",
    "BUCKET, FOLDER, before rename to backup.json, 2",
    "BUCKET, BUCKET, after rename to ID.tsv, 1",
  })
  void resumesAfterAKill(Place from, Place to, String step, int occurrence) throws Exception {
    Path repository = original(from);
    Path copy = at(to, lab.place());
    Map<String, String> environment = new TreeMap<>(lab.environment());
    environment.put("COPY_TO", RepositoryPlace.setting(copy));
    try (Victim victim =
        Victim.java(
            KillableJob.class,
            environment,
            scratch,
            repository.toString(),
            "copy",
            step,
            Integer.toString(occurrence))) {
      assertEquals(Victim.KILLED, victim.exitCode(), victim::output);
    }
    // The lease of a bucket beside other tests is long: not to wait until it has run out.
    Files.delete(copy.resolve("lock"));
    RepositoryPlace.awaitFree(repository);
    lab.visible(copy).forEach(new RepositoryProof(copy)::isWhole);
    proxy.reset();
    assertComplete(copy(repository, copy));
    Map<String, Integer> looks = new TreeMap<>();
    for (S3Request request : proxy.requests()) {
      if (request.kind() == S3Request.Kind.HEAD_OBJECT && request.key().startsWith("objects/")) {
        looks.merge(request.key(), 1, Integer::sum);
      }
    }
    // Once by the recovery, and once before a backup that needs it is published.
    assertTrue(looks.values().stream().allMatch(count -> count <= 2), looks::toString);
    new RepositoryProof(copy).allAreWhole();
    Map<String, String> original = CopyFaultsTest.copied(repository);
    Map<String, String> copied = CopyFaultsTest.copied(copy);
    // In a bucket a document says of each killed run that it is dead.
    copied.keySet().retainAll(original.keySet());
    assertEquals(original, copied);
    assertEquals(lab.visible(repository), lab.visible(copy));
  }

  /** The index is compared with the index: neither place is asked for an object. */
  @Test
  void costsTheSameHoweverManyObjectsThereAre() throws Exception {
    Path few = original(Place.BUCKET);
    Path many = original(Place.FOLDER);
    // As many backups, one of them with more objects.
    backup(few);
    lab.stack().data().addBlocks(60);
    backup(many);
    Path withFew = at(Place.BUCKET, lab.place());
    moved(Place.BUCKET, many);
    Path withMany = at(Place.BUCKET, lab.place());
    assertComplete(copy(few, withFew));
    assertComplete(copy(many, withMany));

    assertEquals(requestsOfACopy(few, withFew), requestsOfACopy(many, withMany));
  }

  /** Without those for the lock, which is renewed by time. */
  private static Map<S3Request.Kind, Integer> requestsOfACopy(Path repository, Path copy) {
    proxy.reset();
    JobResult.Copied copied = assertComplete(copy(repository, copy));
    assertEquals(0, copied.objects() + copied.backups());
    Map<S3Request.Kind, Integer> counts = new TreeMap<>();
    for (S3Request request : proxy.requests()) {
      assertFalse(request.target().contains("objects"), request::toString);
      if (!request.key().equals("lock")) {
        counts.merge(request.kind(), 1, Integer::sum);
      }
    }
    return counts;
  }

  /** Each of them spoils only itself, and only until it is put right. */
  @Test
  void copiesEverythingElse() throws Exception {
    Path repository = original(Place.FOLDER);
    Path copy = at(Place.BUCKET, lab.place());
    List<String> keys = List.copyOf(new RepositoryProof(prepared).index().keySet());
    String damaged = keys.get(0);
    String refused = keys.get(3);
    String first = lab.visible(repository).getFirst();
    String references = "backups/" + first + "/references.tsv";
    RepositoryDamage.flip(repository.resolve("objects").resolve(damaged));
    RepositoryDamage.flip(repository.resolve(references));
    proxy.when(S3Request.Kind.PUT_OBJECT, "objects/" + refused, Fault.status(403));

    JobResult result = copy(repository, copy);
    assertEquals(JobState.INCOMPLETE, result.state(), result::toString);
    assertEquals(
        new TreeSet<>(List.of(damaged, refused, references)),
        new TreeSet<>(result.findings().stream().map(JobResult.Finding::key).toList()));
    assertEquals(keys.size() - 2, result.copies().getFirst().objects());
    assertEquals(List.of(lab.visible(repository).getLast()), lab.visible(copy));
    assertEquals(JobState.INCOMPLETE, copy(repository, copy).state());

    proxy.reset();
    RepositoryDamage.flip(repository.resolve("objects").resolve(damaged));
    RepositoryDamage.flip(repository.resolve(references));
    JobResult.Copied healed = assertComplete(copy(repository, copy));
    assertEquals(2, healed.objects());
    assertEquals(CopyFaultsTest.copied(repository), CopyFaultsTest.copied(copy));
  }

  /**
   * If the key may write nothing at all, this is the fault of the place, and not of each object.
   */
  @Test
  void failsIfThePlaceTakesNothing() throws Exception {
    Path repository = original(Place.FOLDER);
    Path copy = at(Place.BUCKET, lab.place());
    copy(repository, copy);
    lab.stack().data().addBlocks(1);
    long added = backup(repository);
    proxy.when(
        request ->
            request.kind() == S3Request.Kind.PUT_OBJECT
                && proxy.requests().stream().anyMatch(seen -> seen.key().startsWith("objects/")),
        Fault.status(403));
    JobResult result = copy(repository, copy);
    assertEquals(JobState.FAILED, result.state(), result::toString);
    assertEquals(List.of(), result.findings());
    proxy.reset();
    RepositoryPlace.awaitFree(copy);
    assertEquals(added, assertComplete(copy(repository, copy)).objects());
  }

  /** The server answers that it stored a file, and has not stored it. */
  @ParameterizedTest
  @ValueSource(strings = {"objects/", "index/", "backups/"})
  void publishesNothingIfTheBucketHasNotWhatWasWritten(String folder) throws Exception {
    Path repository = original(Place.FOLDER);
    Path copy = at(Place.BUCKET, lab.place());
    copy(repository, copy);
    // So many objects that it is not the fault of each.
    lab.stack().data().addBlocks(51);
    backup(repository);
    proxy.when(
        request ->
            request.kind() == S3Request.Kind.PUT_OBJECT
                && request.key().startsWith(folder)
                && !request.key().endsWith(".json"),
        STORED);
    JobResult result = copy(repository, copy);
    assertEquals(JobState.FAILED, result.state(), result::toString);
    assertEquals(2, lab.visible(copy).size());
    proxy.reset();
    assertEquals(1, assertComplete(copy(repository, copy)).backups());
    new RepositoryProof(copy).allAreWhole();
  }

  /**
   * The server answers that it stored one object, and has not stored it, or does not tell whether
   * it has it. This stops no copy, but none is complete until the object is there.
   */
  @ParameterizedTest
  @EnumSource(
      value = S3Request.Kind.class,
      names = {"PUT_OBJECT", "HEAD_OBJECT"})
  void repairsAnObjectThatTheBucketHasLost(S3Request.Kind refused) throws Exception {
    Path repository = original(Place.FOLDER);
    Path copy = at(Place.BUCKET, lab.place());
    copy(repository, copy);
    String lost = lab.stack().data().addBlocks(1).getFirst();
    backup(repository);
    boolean isStored = refused == S3Request.Kind.HEAD_OBJECT;
    proxy.when(refused, "objects/" + lost, isStored ? Fault.status(403) : STORED);
    assertNames(lost, copy(repository, copy));
    assertEquals(lab.visible(repository), lab.visible(copy));
    if (!isStored) {
      assertNames(lost, verify(copy));
      RepositoryPlace.awaitFree(copy);
      // It loses the repaired object too.
      assertNames(lost, copy(repository, copy));
      lab.stack().data().addBlocks(1);
      backup(repository);
      assertNames(lost, copy(repository, copy));
      assertEquals(lab.visible(repository), lab.visible(copy));
    }

    proxy.reset();
    assertEquals(isStored ? 0 : 1, assertComplete(copy(repository, copy)).objects());
    assertEquals(JobState.COMPLETE, verify(copy).state());
    new RepositoryProof(copy).allAreWhole();
  }

  /** It ends no copy, and no prune removes objects that it may name. It stays until it is read. */
  @Test
  void copiesAlthoughAListOfDamagedObjectsCannotBeRead() throws Exception {
    Path repository = original(Place.FOLDER);
    Path copy = at(Place.BUCKET, lab.place());
    copy(repository, copy);
    Path damaged =
        copy.resolve("objects")
            .resolve(List.copyOf(new RepositoryProof(prepared).index().keySet()).getFirst());
    RepositoryDamage.flip(damaged);
    String list = "checks/" + verify(copy).id() + "-damaged.tsv";
    assertTrue(Files.exists(copy.resolve(list)));
    RepositoryPlace.awaitFree(copy);
    lab.stack().data().addBlocks(1);
    backup(repository);
    backup(repository);
    proxy.when(S3Request.Kind.GET_OBJECT, list, Fault.status(403));
    for (int run = 0; run < 2; run++) {
      assertNames(list, copy(repository, copy));
      assertEquals(lab.visible(repository), lab.visible(copy));
      assertTrue(Files.exists(copy.resolve(list)));
      RepositoryPlace.awaitFree(copy);
    }
    JobResult prune =
        PlainCore.prunes(copy, new PlainCore.Retention("1", "referenced"), new StableStorage())
            .start(false, Trigger.CLI)
            .execute()
            .document();
    assertEquals(JobState.COMPLETE, prune.state(), prune::toString);
    assertTrue(prune.warnings().getFirst().contains(list), prune::toString);
    assertEquals(1, lab.visible(copy).size());

    proxy.reset();
    assertEquals(1, assertComplete(copy(repository, copy)).objects());
    assertFalse(Files.exists(copy.resolve(list)));
    new RepositoryProof(copy).allAreWhole();
  }

  /**
   * A backup has got the id of a segment that the copy made itself. The copy may not delete its
   * seal, and the repository does not send the digests of the backup a second time.
   */
  @Test
  void replacesTheSealOfItsOwnSegmentWithoutFurtherRequests() throws Exception {
    Path repository = lab.copy(prepared);
    Path copy = at(Place.BUCKET, lab.place());
    copy(repository, copy);
    RunId later = RunId.at(Instant.now().plusSeconds(3_600));
    PlainCore.repository(repository)
        .checks()
        .write(new CheckRecords.Name(later, "verify"), JsonNodeFactory.instance.objectNode());
    backup(repository);
    RunId same = later.next();
    assertEquals(same.text(), lab.visible(repository).getLast());
    try (RecordStream<IndexRecord> none = RecordStream.empty(IndexCodec.INSTANCE)) {
      Segment own = Segment.write(none, copy.resolve(Layout.segment(same)));
      Files.write(
          copy.resolve(Layout.segmentSeal(same)),
          SealedJson.seal(own.seal(same, Segment.RETURNED)));
    }
    moved(Place.BUCKET, repository);
    String seal = Layout.segmentSeal(same);
    proxy.when(S3Request.Kind.DELETE_OBJECT, seal, Fault.status(403));
    proxy.when(
        request ->
            request.kind() == S3Request.Kind.GET_OBJECT
                && request.key().equals(Layout.checksums(same))
                && proxy.requests().stream()
                    .anyMatch(seen ->
                        seen.kind() == S3Request.Kind.DELETE_OBJECT && seen.key().equals(seal)),
        Fault.status(403));
    JobResult result = copy(repository, copy);
    assertFalse(result.error().orElse("").contains("internal error"), result::toString);
    proxy.reset();
    assertComplete(copy(repository, copy));
    assertEquals(lab.visible(repository), lab.visible(copy));
  }

  private static void assertNames(String key, JobResult result) {
    assertEquals(JobState.INCOMPLETE, result.state(), result::toString);
    assertEquals(List.of(key), result.findings().stream().map(JobResult.Finding::key).toList());
  }

  private static JobResult verify(Path place) {
    return PlainCore.jobs(place, lab.environment())
        .verification("latest", Subset.ALL, Trigger.CLI)
        .execute()
        .document();
  }

  /**
   * A backup needs an object again that the copy has removed, and one file that tells this cannot
   * be read: of the backup's lists, of the copy's index, or of the repository's.
   */
  @ParameterizedTest
  @ValueSource(strings = {"references.tsv", "removed.tsv", "SHA256SUMS"})
  void copiesARemovedObjectAgainAlthoughAFileCannotBeRead(String unread) throws Exception {
    Path repository = lab.place();
    Path copy = lab.place();
    String purged = lab.stack().data().addBlocks(1).getFirst();
    String where =
        " FROM block WHERE block_id = '" + purged.substring(purged.lastIndexOf('/') + 1) + "'";
    backup(repository);
    assertComplete(copy(repository, copy));
    lab.stack()
        .database()
        .execute(
            ParsecStack.NAME,
            "CREATE TABLE purged AS SELECT *" + where,
            "GRANT SELECT ON purged TO PUBLIC",
            "DELETE" + where);
    for (int run = 0; run < 3; run++) {
      backup(repository);
      assertComplete(copy(repository, copy));
      PlainCore.prunes(copy, new PlainCore.Retention("1", "referenced"), new StableStorage())
          .start(false, Trigger.CLI)
          .execute();
    }
    lab.stack()
        .database()
        .execute(ParsecStack.NAME, "INSERT INTO block SELECT * FROM purged", "DROP TABLE purged");
    backup(repository);
    Path object = copy.resolve("objects").resolve(purged);
    assertFalse(Files.exists(object));
    List<String> ids = lab.visible(repository);
    moved(Place.BUCKET, repository);
    switch (unread) {
      case "removed.tsv" -> {
        try (Stream<Path> index = Files.list(copy.resolve("index"))) {
          RepositoryDamage.flip(
              index.filter(file -> file.toString().endsWith(unread)).findFirst().orElseThrow());
        }
      }
      case "references.tsv" -> refuseOnce("backups/" + ids.getLast() + "/" + unread);
      default -> refuseOnce("backups/" + ids.getFirst() + "/" + unread);
    }

    JobResult result = copy(repository, copy);
    if (result.state() != JobState.COMPLETE) {
      assertEquals(JobState.INCOMPLETE, result.state(), result::toString);
      assertFalse(lab.visible(copy).contains(ids.getLast()));
      assertComplete(copy(repository, copy));
    }
    assertEquals(ids.getLast(), lab.visible(copy).getLast());
    assertTrue(Files.exists(object));
  }

  /**
   * A copy returns objects for a backup, and others for the next one. Before the second time is
   * over, the disk fails.
   */
  @Test
  void writesNoSegmentAgainThatABackupReliesOn() throws Exception {
    Path repository = lab.place();
    Path copy = lab.place();
    List<String> purged = lab.stack().data().addBlocks(2);
    backup(repository);
    assertComplete(copy(repository, copy));
    for (int i = 0; i < 2; i++) {
      lab.stack()
          .database()
          .execute(
              ParsecStack.NAME,
              "CREATE TABLE purged" + i + " AS SELECT *" + where(purged.get(i)),
              "GRANT SELECT ON purged" + i + " TO PUBLIC",
              "DELETE" + where(purged.get(i)));
    }
    for (int run = 0; run < 3; run++) {
      backup(repository);
      assertComplete(copy(repository, copy));
      PlainCore.prunes(copy, new PlainCore.Retention("1", "referenced"), new StableStorage())
          .start(false, Trigger.CLI)
          .execute();
    }
    lab.stack().database().execute(ParsecStack.NAME, "INSERT INTO block SELECT * FROM purged0");
    backup(repository);
    lab.stack()
        .database()
        .execute(
            ParsecStack.NAME,
            "DELETE" + where(purged.get(0)),
            "INSERT INTO block SELECT * FROM purged1",
            "DROP TABLE purged0",
            "DROP TABLE purged1");
    backup(repository);
    List<String> ids = lab.visible(repository);
    moved(Place.BUCKET, repository);
    refuseOnce("backups/" + ids.getLast() + "/references.tsv");
    AtomicInteger seals = new AtomicInteger();
    StableStorage failing =
        new StableStorage(step -> {
          // The first time, the seal of the waiting segment, and the second time.
          if (step.matches("before rename to [0-9TZ]+[.]json") && seals.incrementAndGet() == 3) {
            throw new UncheckedIOException(new IOException("the disk fails"));
          }
        });

    JobResult failed =
        PlainCore.copies(repository, RepositoryPlace.setting(copy), failing)
            .start(Trigger.CLI)
            .execute()
            .document();
    assertEquals(JobState.FAILED, failed.state(), failed::toString);
    assertEquals(ids.get(ids.size() - 2), lab.visible(copy).getLast());
    assertVerifies(copy);
    proxy.reset();
    RepositoryPlace.awaitFree(repository);
    assertComplete(copy(repository, copy));
    assertEquals(ids.getLast(), lab.visible(copy).getLast());
    assertVerifies(copy);
  }

  private static String where(String key) {
    return " FROM block WHERE block_id = '" + key.substring(key.lastIndexOf('/') + 1) + "'";
  }

  /** Verifies the newest two backups. */
  private static void assertVerifies(Path repository) {
    for (String id : lab.visible(repository).reversed().subList(0, 2)) {
      JobResult verified =
          PlainCore.jobs(repository, lab.environment())
              .verification(id, Subset.ALL, Trigger.CLI)
              .execute()
              .document();
      assertEquals(JobState.COMPLETE, verified.state(), verified::toString);
    }
  }

  private static void refuseOnce(String key) {
    proxy.when(S3Request.Kind.GET_OBJECT, key, Fault.status(403)).first(1);
  }

  /** What the key may not replace is named, and the rest is repaired. */
  @Test
  void namesWhatItMayNotRepair() throws Exception {
    Path repository = original(Place.FOLDER);
    Path copy = at(Place.BUCKET, lab.place());
    copy(repository, copy);
    String id = lab.visible(copy).getFirst();
    String dump = "backups/" + id + "/database.dump";
    RepositoryDamage.truncate(copy.resolve(dump));
    Files.delete(copy.resolve("backups/" + id + "/SHA256SUMS"));
    proxy.when(S3Request.Kind.PUT_OBJECT, dump, Fault.status(403));
    JobResult result = copy(repository, copy);
    assertEquals(JobState.INCOMPLETE, result.state(), result::toString);
    assertEquals(List.of(dump), result.findings().stream().map(JobResult.Finding::key).toList());
    assertEquals(1, result.done().size(), result::toString);
    proxy.reset();
    assertComplete(copy(repository, copy));
    assertEquals(CopyFaultsTest.copied(repository), CopyFaultsTest.copied(copy));
  }
}
