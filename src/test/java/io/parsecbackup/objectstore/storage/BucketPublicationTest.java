package io.parsecbackup.objectstore.storage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.parsecbackup.Cancellation;
import io.parsecbackup.Problem;
import io.parsecbackup.objectstore.lease.LeaseTimes;
import io.parsecbackup.repository.DamagedObjects;
import io.parsecbackup.repository.Repository;
import io.parsecbackup.repository.Workspace;
import io.parsecbackup.repository.index.IndexCodec;
import io.parsecbackup.repository.index.IndexRecord;
import io.parsecbackup.repository.index.RecordSorter;
import io.parsecbackup.repository.index.RecordStream;
import io.parsecbackup.repository.index.Segment;
import io.parsecbackup.repository.storage.ConditionFailedException;
import io.parsecbackup.repository.storage.Content;
import io.parsecbackup.repository.storage.NewFile;
import io.parsecbackup.repository.storage.RemoteStorageException;
import io.parsecbackup.repository.storage.RepositoryLocks.Held;
import io.parsecbackup.repository.storage.RunId;
import io.parsecbackup.repository.storage.SealedJson;
import io.parsecbackup.repository.storage.Sha256;
import io.parsecbackup.testing.CheckpointedStorage;
import io.parsecbackup.testing.EmbeddedS3;
import io.parsecbackup.testing.Fault;
import io.parsecbackup.testing.FaultyProxy;
import io.parsecbackup.testing.NoLock;
import io.parsecbackup.testing.S3Request;
import io.parsecbackup.testing.S3Request.Kind;
import io.parsecbackup.testing.S3Response;
import io.parsecbackup.testing.WireScript;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The last step of a backup, with a server whose answers do not tell what it did. */
class BucketPublicationTest {

  private static final EmbeddedS3 SERVER = EmbeddedS3.withConditions();
  private static final Instant NOW = Instant.parse("2026-11-22T02:00:00Z");
  private static final RunId RUN = RunId.at(NOW);
  private static final String FOLDER = "backups/" + RUN;
  private static final String DOCUMENT = FOLDER + "/backup.json";

  /** The first one and its retries. */
  private static final int TRIES = 5;

  @TempDir Path folder;
  private FaultyProxy proxy;
  private BucketStorage storage;
  private Repository repository;
  private Workspace workspace;

  /** The step at which an error is thrown, once. */
  private String failsAt = "";

  @BeforeEach
  void open() throws IOException {
    proxy = FaultyProxy.before(SERVER.endpoint());
    storage = BucketScenario.in(SERVER, folder).through(proxy.endpoint()).open();
    storage.createFolders();
    repository = Repository.at(new CheckpointedStorage(storage, this::failOnce));
    workspace = repository.reserve(NoLock.HELD, NOW);
    byte[] block = "a block".getBytes(StandardCharsets.UTF_8);
    repository
        .objects()
        .place(
            Content.of(block),
            new IndexRecord("org/a", block.length, Sha256.of(block), "e", NOW, false),
            workspace.journal());
  }

  @AfterEach
  void close() {
    storage.close();
    proxy.close();
  }

  @AfterAll
  static void stop() {
    SERVER.close();
  }

  private void publish() throws IOException {
    Path dump = workspace.file("database.dump");
    Files.writeString(dump, "dump");
    ObjectNode document = JsonNodeFactory.instance.objectNode();
    document.put("id", workspace.id().text());
    workspace.publish(Map.of(dump, Sha256.of(dump)), document, new Cancellation());
  }

  private static boolean isPutOfDocument(S3Request request) {
    return request.kind() == Kind.PUT_OBJECT && request.key().endsWith(DOCUMENT);
  }

  private static boolean isReadOfDocument(S3Request request) {
    return !isPutOfDocument(request) && request.key().endsWith(DOCUMENT);
  }

  private boolean isJournaled() {
    return Files.exists(workspace.file("journal.tsv"));
  }

  private void assertWhole() throws IOException {
    assertEquals(List.of(RUN), repository.published().ids());
    assertEquals(List.of("SHA256SUMS", "backup.json", "database.dump"), storage.children(FOLDER));
    assertEquals(0, proxy.count(Kind.DELETE_OBJECT));
  }

  @Test
  void isPublishedAlthoughItCannotBeReadBack() throws IOException {
    proxy.when(BucketPublicationTest::isReadOfDocument, Fault.status(500));
    publish();
    workspace.close();
    assertTrue(isJournaled());
    proxy.reset();
    assertWhole();
    repository.deadRuns().clear();
    assertWhole();
    assertFalse(isJournaled());
  }

  @Test
  void isPublishedIfOnlyTheAnswersWereLost() throws IOException {
    proxy.when(
        BucketPublicationTest::isPutOfDocument, Fault.rewrite(done -> S3Response.error(500)));
    publish();
    workspace.close();
    assertWhole();
    assertFalse(isJournaled());
  }

  /** The second request of the proxy finds the document of the first one. */
  @Test
  void isPublishedIfAProxyRepeatedTheRequest() throws IOException {
    proxy.when(
        BucketPublicationTest::isPutOfDocument,
        Fault.rewrite(done -> S3Response.error(412, "PreconditionFailed")));
    publish();
    workspace.close();
    assertWhole();
  }

  @Test
  void isPublishedIfItShowsLate() throws IOException {
    proxy.when(BucketPublicationTest::isReadOfDocument, Fault.status(404)).first(1);
    publish();
    workspace.close();
    assertWhole();
  }

  @Test
  void deletesNothingIfTheServerLosesWhatItConfirmed() throws IOException {
    S3Response stored =
        new S3Response(
            200, List.of(Map.entry("ETag", "\"0123456789abcdef0123456789abcdef\"")), new byte[0]);
    proxy.when(BucketPublicationTest::isPutOfDocument, new Fault.Answer(stored));
    assertUndecided("is not in the bucket as it was written");
    workspace.close();
    assertEquals(List.of("SHA256SUMS", "database.dump"), storage.children(FOLDER));
    assertEquals(0, proxy.count(Kind.DELETE_OBJECT));
    assertTrue(isJournaled());
    proxy.reset();
    assertEquals(List.of("org/a"), recovered());
    assertRevoked();
  }

  /** The run ended without an answer, and released the lock: nobody has revoked it. */
  private void assertRevoked() throws IOException {
    assertEquals(List.of("backup.json", "revoked"), storage.children(FOLDER));
    assertThrows(
        ConditionFailedException.class,
        () -> storage.put(NewFile.ifAbsent(DOCUMENT, Content.of(new byte[] {1}))));
    assertEquals(List.of(), repository.published().ids());
  }

  @Test
  void deletesNothingOfABackupThatShowsAfterTheRun() throws IOException {
    proxy.when(BucketPublicationTest::isReadOfDocument, Fault.status(404));
    assertUndecided("is not in the bucket as it was written");
    workspace.close();
    assertEquals(List.of("org/a"), recovered());
    ObjectNode failed = JsonNodeFactory.instance.objectNode();
    failed.put("id", RUN.text());
    failed.put("state", "failed");
    repository.runs().write(RUN, failed);
    repository.deadRuns().clearUnpublished(new Cancellation());
    proxy.reset();
    assertEquals(List.of(RUN), repository.published().ids());
    assertTrue(storage.find(FOLDER + "/database.dump").isPresent());
    assertTrue(storage.find("index/" + RUN + ".tsv").isPresent());
  }

  @Test
  void cannotBePublishedLaterIfTheServerDidNotAnswer() throws IOException {
    proxy.when(BucketPublicationTest::isPutOfDocument, new Fault.Drop()).first(TRIES);
    assertThrows(IOException.class, this::publish);
    workspace.close();
    assertEquals(List.of(), repository.published().ids());
    assertRevoked();
    assertEquals(List.of("org/a"), recovered());
  }

  @Test
  void deletesNothingWhileItIsNotKnown() throws IOException {
    proxy.when(BucketPublicationTest::isPutOfDocument, new Fault.Drop());
    assertUndecided("because http");
    workspace.close();
    assertEquals(0, proxy.count(Kind.DELETE_OBJECT));
    assertTrue(storage.find(FOLDER + "/database.dump").isPresent());
    proxy.reset();
    assertEquals(List.of(), repository.published().ids());
    assertEquals(List.of("org/a"), recovered());
    assertRevoked();
  }

  /** A backup of the repository that it copied may have its id. */
  @Test
  void doesNotRevokeACopy() throws IOException {
    Workspace copy = repository.reserveToCopy(NoLock.HELD, NOW.plusSeconds(5));
    copy.journal().add(journaled());
    String segment = "index/" + copy.id() + ".tsv";
    storage.put(NewFile.replacing(segment, Content.of(new byte[] {1})));
    // It was killed. A copy clears what is dead before it recovers it.
    repository.deadRuns().clear();
    assertEquals(List.of("org/a"), recovered());
    assertEquals(List.of(), storage.children("backups/" + copy.id()));
    assertTrue(storage.find(segment).isPresent());
  }

  /** It failed after it had brought objects back, and no segment names the others. */
  @Test
  void keepsTheJournalOfACopyWhoseSealCannotBeRead() throws IOException {
    Workspace copy = repository.reserveToCopy(NoLock.HELD, NOW.plusSeconds(5));
    copy.journal().add(journaled());
    Segment segment;
    try (RecordStream<IndexRecord> none = RecordStream.empty(IndexCodec.INSTANCE)) {
      segment = Segment.write(none, copy.newFile());
    }
    String seal = "index/" + copy.id() + ".json";
    storage.put(
        NewFile.replacing(
            seal, Content.of(SealedJson.seal(segment.seal(copy.id(), Segment.RETURNED)))));
    proxy.when(
        request -> request.kind() == Kind.GET_OBJECT && request.key().endsWith(seal),
        Fault.status(403));
    copy.close();
    assertTrue(Files.exists(copy.file("journal.tsv")));
    proxy.reset();
    assertEquals(List.of("org/a"), recovered());
  }

  private IndexRecord journaled() throws IOException {
    try (RecordStream<IndexRecord> stored = workspace.stored()) {
      return stored.next();
    }
  }

  @Test
  void isPublishedIfTheProcessFailsAfterTheServerHasStoredIt() throws IOException {
    failsAt = "after rename to backup.json";
    publish();
    workspace.close();
    assertWhole();
  }

  @Test
  void cannotBePublishedLaterIfTheProcessFailsBeforeTheRequest() throws IOException {
    failsAt = "before rename to backup.json";
    assertThrows(StackOverflowError.class, this::publish);
    workspace.close();
    assertEquals(List.of(), repository.published().ids());
    assertEquals(List.of("backup.json", "revoked"), storage.children(FOLDER));
  }

  private void failOnce(String at) {
    if (at.equals(failsAt)) {
      failsAt = "";
      throw new StackOverflowError("injected");
    }
  }

  /** Then it cannot find out, and must not say that nothing was published. */
  @Test
  void isNotKnownIfTheLockWasLostBeforeTheAnswer() throws IOException {
    workspace.close();
    LeaseTimes times = new LeaseTimes(Duration.ofSeconds(2), Duration.ofMillis(100));
    try (BucketStorage held =
            BucketScenario.in(SERVER, folder).through(proxy.endpoint()).open(times);
        Held lock = held.locks().exclusive("backup")) {
      workspace = Repository.at(held).reserve(lock, NOW);
      WireScript afterTheLoss =
          (request, wire) -> {
            proxy.when(other -> other.key().endsWith("/lock"), new Fault.Drop());
            Awaitility.await().until(() -> lock.lost().isPresent());
          };
      proxy.when(BucketPublicationTest::isPutOfDocument, new Fault.OnTheWire(afterTheLoss));
      assertUndecided("because the lock was lost before the server had answered");
      workspace.close();
      assertTrue(held.find(FOLDER + "/database.dump").isPresent());
    }
  }

  @Test
  void leavesOutObjectsThatTheServerHasLost() throws IOException {
    List<String> lost = new ArrayList<>();
    journal(50);
    workspace.dropLost((entry, why) -> lost.add(entry.key()), new Cancellation());
    assertEquals(50, lost.size());
    assertEquals("lost/00", lost.getFirst());
    proxy.reset();
    publish();
    // All were asked for before.
    assertEquals(
        List.of(),
        proxy.requests().stream()
            .filter(request -> request.kind() == Kind.HEAD_OBJECT)
            .map(S3Request::key)
            .filter(key -> key.contains("/objects/"))
            .toList());
    workspace.close();
    try (Workspace next = repository.reserve(NoLock.HELD, NOW.plusSeconds(1))) {
      assertEquals(List.of("org/a"), keys(next.known()));
    }
  }

  /** Otherwise the next run would trust the older record of an object. */
  @Test
  void listsLostObjectsThatTheIndexKnowsAsDamaged() throws IOException {
    publish();
    workspace.close();
    try (Workspace next = repository.reserve(NoLock.HELD, NOW.plusSeconds(1))) {
      DamagedObjects damaged = repository.damagedObjects();
      damaged.note(next.id(), next.newFile(), sorted(next, "earlier", "org/b"));
      damaged.noteLost(next, sorted(next, "lost", "org/a", "org/c"));
      assertEquals(List.of("org/a", "org/b"), keys(damaged.listed(next.scratch(), "listed")));
    }
  }

  private static RecordSorter<IndexRecord> sorted(Workspace run, String name, String... keys)
      throws IOException {
    RecordSorter<IndexRecord> sorter = new RecordSorter<>(IndexCodec.INSTANCE, run.scratch(), name);
    for (String key : keys) {
      sorter.add(record(key));
    }
    return sorter;
  }

  private static IndexRecord record(String key) {
    return new IndexRecord(key, 1, Sha256.of(new byte[1]), "e", NOW, true);
  }

  private static List<String> keys(RecordStream<IndexRecord> records) throws IOException {
    List<String> keys = new ArrayList<>();
    try (records) {
      records.forEachRemaining(entry -> keys.add(entry.key()));
    }
    return keys;
  }

  @Test
  void endsTheRunIfTheServerHasLostMany() throws IOException {
    journal(51);
    RemoteStorageException many =
        assertThrows(
            RemoteStorageException.class,
            () -> workspace.dropLost((entry, why) -> {}, new Cancellation()));
    assertTrue(String.valueOf(many.getMessage()).contains("is not in the bucket"));
  }

  /** Records objects that the server does not have. */
  private void journal(int count) throws IOException {
    for (int i = 0; i < count; i++) {
      workspace.journal().add(record("lost/%02d".formatted(i)));
    }
  }

  private void assertUndecided(String why) {
    Problem unknown = assertThrows(Problem.class, this::publish);
    String message = String.valueOf(unknown.getMessage());
    assertEquals(Problem.Kind.UNDECIDED, unknown.kind());
    assertTrue(message.startsWith("it is not known whether the backup was published"), message);
    assertTrue(message.contains(why), message);
    assertFalse(message.contains("Nothing was published"), message);
  }

  @Test
  void keepsTheJournalWhileTheBucketDoesNotAnswer() throws IOException {
    proxy.when(request -> true, new Fault.Drop());
    workspace.close();
    assertTrue(isJournaled());
    repository.deadRuns().clear();
    assertTrue(isJournaled());
    proxy.reset();
    assertEquals(List.of("org/a"), recovered());
    assertFalse(isJournaled());
  }

  /** The objects that the next run need not fetch. */
  private List<String> recovered() throws IOException {
    try (Workspace next = repository.reserve(NoLock.HELD, NOW.plusSeconds(1))) {
      repository.deadRuns().recover(next, new Cancellation(), bytes -> {});
      return keys(next.known());
    }
  }
}
