package io.parsecbackup.objectstore.storage;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parsecbackup.Cancellation;
import io.parsecbackup.repository.ObjectFiles.Placed;
import io.parsecbackup.repository.ObjectFilesContract;
import io.parsecbackup.repository.ObjectProof;
import io.parsecbackup.repository.Repository;
import io.parsecbackup.repository.Workspace;
import io.parsecbackup.repository.index.IndexRecord;
import io.parsecbackup.repository.index.RecordStream;
import io.parsecbackup.repository.storage.Content;
import io.parsecbackup.repository.storage.Damage;
import io.parsecbackup.repository.storage.NewFile;
import io.parsecbackup.repository.storage.RemoteStorageException;
import io.parsecbackup.repository.storage.Storage;
import io.parsecbackup.repository.storage.UnusableFileException;
import io.parsecbackup.testing.EmbeddedS3;
import io.parsecbackup.testing.Fault;
import io.parsecbackup.testing.FaultyProxy;
import io.parsecbackup.testing.NoLock;
import io.parsecbackup.testing.S3Request;
import io.parsecbackup.testing.S3Request.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BucketObjectFilesTest extends ObjectFilesContract {

  private static final EmbeddedS3 SERVER = EmbeddedS3.withConditions();
  private static final Instant NOW = Instant.parse("2026-11-22T02:00:00Z");

  @TempDir Path folder;

  @AfterAll
  static void stop() {
    SERVER.close();
  }

  @Override
  protected Storage newStorage() {
    return BucketScenario.in(SERVER, folder).open();
  }

  private static final Content BYTES = Content.of(new byte[] {1, 2, 3});

  private static IndexRecord record(String key) {
    return new IndexRecord(key, BYTES.size(), BYTES.sha256(), "e", Instant.EPOCH, false);
  }

  private FaultyProxy proxy;
  private Storage behind;
  private Repository repository;
  private Workspace workspace;

  @BeforeEach
  void openBehindAProxy() throws IOException {
    proxy = FaultyProxy.before(SERVER.endpoint());
    behind = BucketScenario.in(SERVER, folder).through(proxy.endpoint()).open();
    behind.createFolders();
    repository = Repository.at(behind);
    workspace = repository.reserve(NoLock.HELD, NOW);
  }

  @AfterEach
  void closeProxy() throws IOException {
    workspace.journal().close();
    behind.close();
    proxy.close();
  }

  private Placed place(String key) throws IOException {
    return repository.objects().place(BYTES, record(key), workspace.journal());
  }

  private static boolean isReadOf(S3Request request, String key) {
    return request.kind() == Kind.GET_OBJECT && request.key().endsWith(key);
  }

  /** A server that does not answer says nothing about the bytes that were replaced. */
  @Test
  void doesNotTakeAnObjectForLostWhileTheServerDoesNotAnswer() {
    ObjectProof proof = repository.objectProof();
    proxy.when(request -> true, Fault.status(500));
    assertThrows(UncheckedIOException.class, () -> proof.read(record("org/a")));
    proxy.reset();
    proxy.when(request -> request.key().contains("conflicts/"), Fault.status(500));
    assertEquals(Damage.Kind.UNREADABLE, proof.read(record("org/a")).orElseThrow().kind());
    proxy.reset();
    assertEquals(Damage.Kind.LOST, proof.read(record("org/a")).orElseThrow().kind());
  }

  @ParameterizedTest
  @ValueSource(ints = {403, 404, 500})
  void replacesAnObjectThatTheServerDoesNotSend(int status) throws IOException {
    place("org/a");
    proxy.when(request -> isReadOf(request, "objects/org/a"), Fault.status(status));
    assertEquals(Placed.DISPLACED, place("org/a"));
    proxy.reset();
    assertEquals(Optional.empty(), repository.objectProof().read(record("org/a")));
    assertTrue(behind.find("conflicts/org/a/unreadable").isPresent());
  }

  @Test
  void leavesAnObjectThatTheServerNeitherSendsNorCopies() throws IOException {
    place("org/a");
    proxy.when(request -> isReadOf(request, "objects/org/a"), Fault.status(500));
    proxy.when(request -> request.header("x-amz-copy-source").isPresent(), Fault.status(500));
    assertThrows(UnusableFileException.class, () -> place("org/a"));
    assertEquals(Placed.STORED, place("org/b"));
    proxy.when(request -> true, Fault.status(500));
    assertThrows(RemoteStorageException.class, () -> place("org/a"));
  }

  @Test
  void recoversADeadRunWithoutTheObjectThatTheServerDoesNotSend() throws IOException {
    place("org/a");
    place("org/b");
    workspace.close();
    proxy.when(request -> isReadOf(request, "objects/org/a"), Fault.status(500));
    List<String> keys = new ArrayList<>();
    try (Workspace next = repository.reserve(NoLock.HELD, NOW.plusSeconds(1))) {
      repository.deadRuns().recover(next, new Cancellation(), bytes -> {});
      try (RecordStream<IndexRecord> known = next.known()) {
        known.forEachRemaining(entry -> keys.add(entry.key()));
      }
    }
    assertEquals(List.of("org/b"), keys);
    assertTrue(behind.find("objects/org/a").isPresent());
  }

  /** Longer than a name in a folder can be. */
  @Test
  void removesAndSalvagesObjectsWithLongNames() throws IOException {
    String key = "org/" + "n".repeat(300);
    place(key);
    workspace.publishSegment("adopt", new Cancellation());
    String segment = "index/" + workspace.id() + ".tsv";
    try (InputStream in = behind.open(segment)) {
      byte[] damaged = (new String(in.readAllBytes(), UTF_8) + "x\n").getBytes(UTF_8);
      behind.put(NewFile.replacing(segment, Content.of(damaged)));
    }
    try (RecordStream<IndexRecord> salvaged =
        repository.index().asOf(workspace.id(), workspace::newFile)) {
      assertEquals(key, salvaged.next().key());
    }
    assertTrue(repository.removedObjects().delete(key));
    assertEquals(Optional.empty(), behind.find("objects/" + key));
  }
}
