package io.parsecbackup.repository;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.parsecbackup.Cancellation;
import io.parsecbackup.repository.index.IndexCodec;
import io.parsecbackup.repository.index.IndexRecord;
import io.parsecbackup.repository.index.RecordSorter;
import io.parsecbackup.repository.index.RecordStream;
import io.parsecbackup.repository.storage.Content;
import io.parsecbackup.repository.storage.Damage;
import io.parsecbackup.repository.storage.Folders;
import io.parsecbackup.repository.storage.RunId;
import io.parsecbackup.repository.storage.Sha256;
import io.parsecbackup.repository.storage.Storage;
import io.parsecbackup.repository.storage.folder.FolderStorage;
import io.parsecbackup.repository.storage.folder.StableStorage;
import io.parsecbackup.testing.NoLock;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an older backup contains, whatever was copied since then. */
class IndexAsOfTest {

  private static final Instant FIRST = Instant.parse("2026-11-22T02:00:00Z");

  @TempDir Path folder;
  private final AtomicInteger merged = new AtomicInteger();
  private Repository repository;
  private RunId older;
  private RunId newer;

  @BeforeEach
  void publishTwo() throws IOException {
    repository = Repository.at(new FolderStorage(folder, new StableStorage()));
    repository.rebind(new Source(Optional.empty(), "parsec", List.of("bucket")));
    older = publish(FIRST, Map.of("a", "old", "b", "same"));
    newer = publish(FIRST.plusSeconds(60), Map.of("a", "new", "c", "later"));
  }

  private RunId publish(Instant at, Map<String, String> objects) throws IOException {
    try (Workspace workspace = repository.reserve(NoLock.HELD, at)) {
      for (Map.Entry<String, String> object : objects.entrySet()) {
        byte[] bytes = object.getValue().getBytes(StandardCharsets.UTF_8);
        IndexRecord entry =
            new IndexRecord(
                object.getKey(), bytes.length, Sha256.of(bytes), object.getValue(), at, false);
        repository.objects().place(Content.of(bytes), entry, workspace.journal());
      }
      Path dump = Files.writeString(workspace.file("database.dump"), "dump");
      ObjectNode document = JsonNodeFactory.instance.objectNode();
      document.put("id", workspace.id().text());
      workspace.publish(Map.of(dump, Sha256.of(dump)), document, new Cancellation());
      return workspace.id();
    }
  }

  /** Keys with their ETags, which are equal to their contents in this test. */
  private Map<String, String> asOf(RunId id) throws IOException {
    Map<String, String> found = new TreeMap<>();
    try (RecordStream<IndexRecord> records =
        repository.index().asOf(id, () -> folder.resolve("merged-" + merged.incrementAndGet()))) {
      while (records.hasNext()) {
        IndexRecord entry = records.next();
        found.put(entry.key(), entry.etag());
        assertEquals(Optional.empty(), repository.objectProof().read(entry));
      }
    }
    return found;
  }

  @Test
  void showsTheObjectsOfThatTimeAndFindsTheirBytes() throws IOException {
    assertEquals(Map.of("a", "old", "b", "same"), asOf(older));
    assertEquals(Map.of("a", "new", "b", "same", "c", "later"), asOf(newer));
    assertEquals(List.of(), repository.index().damage(newer));
  }

  @Test
  void usesNewerSegmentsInPlaceOfADamagedOne() throws IOException {
    Files.writeString(folder.resolve("index/" + older + ".tsv"), "nothing of use");
    assertEquals(Map.of("a", "new", "c", "later"), asOf(older));
    Damage damage = repository.index().damage(older).getFirst();
    assertEquals("index/" + older + ".tsv", damage.name());
    assertEquals(Damage.Kind.DIGEST, damage.kind());
    Files.delete(folder.resolve("index/" + older + ".tsv"));
    assertEquals(Damage.Kind.LOST, repository.index().damage(newer).getFirst().kind());
  }

  /** A prune that may not delete leaves a seal beside the backup, whose checksums are enough. */
  @Test
  void needsNoSealWhileTheBackupIsPublished() throws IOException {
    Files.writeString(folder.resolve("index/" + older + ".json"), "nothing of use");
    assertEquals(Map.of("a", "old", "b", "same"), asOf(older));
    assertEquals(List.of(), repository.index().damage(newer));
    Files.delete(folder.resolve("backups/" + older + "/backup.json"));
    assertEquals(1, repository.index().damage(newer).size());
  }

  /** Its record says failed if the server stored its backup.json without an answer. */
  @Test
  void keepsTheSegmentOfAPrunedBackupWhoseRunWasRecordedAsFailed() throws IOException {
    ObjectNode failed = JsonNodeFactory.instance.objectNode();
    failed.put("id", older.text());
    failed.put("state", "failed");
    repository.runs().write(older, failed);
    repository.prunedBackups().remove(List.of(older), new Cancellation());
    assertEquals(0, repository.deadRuns().clearUnpublished(new Cancellation()));
    assertEquals(Map.of("a", "new", "b", "same", "c", "later"), current());
    assertEquals(List.of(), repository.index().damage(newer));
  }

  private void remove(Instant at, String... keys) throws IOException {
    try (JobScratch job = repository.openScratch(NoLock.HELD, at)) {
      RecordSorter<IndexRecord> removed =
          new RecordSorter<>(IndexCodec.INSTANCE, job.folder(), "removed");
      for (String key : keys) {
        removed.add(new IndexRecord(key, 1, "0".repeat(64), "", at, false).asRemoved());
      }
      try (RecordStream<IndexRecord> sorted = removed.sorted()) {
        repository.removedObjects().publish(job.id(), sorted, job.newFile());
      }
    }
  }

  private Map<String, String> current() throws IOException {
    Map<String, String> found = new TreeMap<>();
    try (RecordStream<IndexRecord> records =
        repository
            .index()
            .open(List.of(), () -> folder.resolve("merged-" + merged.incrementAndGet()))) {
      records.forEachRemaining(entry -> found.put(entry.key(), entry.etag()));
    }
    return found;
  }

  /** An object that was removed and then fetched again belongs to later backups only. */
  @Test
  void leavesOutWhatWasRemovedLater() throws IOException {
    assertEquals(1, repository.identity().orElseThrow().format());
    remove(FIRST.plusSeconds(120), "b", "c");
    assertEquals(2, repository.identity().orElseThrow().format());
    assertEquals(Map.of("a", "old"), asOf(older));
    assertEquals(Map.of("a", "new"), asOf(newer));
    assertEquals(Map.of("a", "new"), current());
    RunId newest = publish(FIRST.plusSeconds(180), Map.of("b", "again"));
    assertEquals(Map.of("a", "old"), asOf(older));
    assertEquals(Map.of("a", "new", "b", "again"), asOf(newest));
    assertEquals(Map.of("a", "new", "b", "again"), current());
    assertEquals(List.of(), repository.index().damage(older));
    // Binding the repository again keeps the format that refuses older programs.
    repository.rebind(repository.identity().orElseThrow().source());
    assertEquals(2, repository.identity().orElseThrow().format());
  }

  /** Otherwise a backup would take a removed object for a stored one. */
  @Test
  void trustsNoOlderRecordIfAListOfRemovedObjectsIsDamaged() throws IOException {
    remove(FIRST.plusSeconds(120), "b", "c");
    RunId newest = publish(FIRST.plusSeconds(180), Map.of("b", "again"));
    Path list =
        folder.resolve(
            "index/" + repository.removedObjects().after(older).getFirst() + ".removed.tsv");
    Files.writeString(list, "nothing of use");
    assertEquals(Map.of("b", "again"), current());
    assertEquals(
        folder.relativize(list).toString(), repository.index().damage(newest).getFirst().name());
  }

  /** A server that does not answer one request must not make removed objects appear again. */
  @Test
  void namesNoRemovedObjectIfAListCannotBeReadOnce() throws IOException {
    remove(FIRST.plusSeconds(120), "b", "c");
    publish(FIRST.plusSeconds(180), Map.of("b", "again"));
    Storage whole = repository.storage();
    for (int nth = 1; nth <= 3; nth++) {
      AtomicInteger left = new AtomicInteger(nth);
      repository = Repository.at(failing(whole, ".removed.tsv", left));
      Map<String, String> found = current();
      assertFalse(found.containsKey("c"), found::toString);
      assertEquals("again", found.get("b"));
    }
    repository = Repository.at(whole);
    for (int i = 0; i <= 32; i++) {
      publish(FIRST.plusSeconds(200 + i), Map.of("more-" + i, "more"));
    }
    for (int nth = 1; nth <= 4; nth++) {
      Repository failing = Repository.at(failing(whole, ".removed.tsv", new AtomicInteger(nth)));
      try (Workspace workspace = failing.reserve(NoLock.HELD, FIRST.plusSeconds(300))) {
        failing.compactions().compactIfDue(workspace);
      }
      assertFalse(current().containsKey("c"));
    }
    assertTrue(whole.children("index").stream().anyMatch(name -> name.endsWith(".merged.json")));
  }

  /** A compaction without a segment would lose its records for good. */
  @Test
  void compactsNoIndexOfWhichASegmentCannotBeReadOnce() throws IOException {
    for (int i = 0; i <= 32; i++) {
      publish(FIRST.plusSeconds(200 + i), Map.of("more-" + i, "more"));
    }
    Storage whole = repository.storage();
    Map<String, String> all = current();
    for (int nth = 1; nth <= 3; nth++) {
      Repository failing = Repository.at(failing(whole, older + ".tsv", new AtomicInteger(nth)));
      try (Workspace workspace = failing.reserve(NoLock.HELD, FIRST.plusSeconds(300))) {
        failing.compactions().compactIfDue(workspace);
      }
      assertEquals(all, current());
      assertEquals(Map.of("a", "old", "b", "same"), asOf(older));
    }
    assertTrue(whole.children("index").stream().anyMatch(name -> name.endsWith(".merged.json")));
  }

  /** A storage that cannot read a file with such a name once. */
  private static Storage failing(Storage whole, String suffix, AtomicInteger left) {
    return (Storage)
        Proxy.newProxyInstance(
            Storage.class.getClassLoader(),
            new Class<?>[] {Storage.class},
            (proxy, method, arguments) -> {
              if (method.getName().equals("local")
                  && arguments[0].toString().endsWith(suffix)
                  && left.decrementAndGet() == 0) {
                throw new IOException("no answer");
              }
              try {
                return method.invoke(whole, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  @Test
  void givesJobsAndBackupsIdsInOneOrder() throws IOException {
    try (JobScratch job = repository.openScratch(NoLock.HELD, FIRST);
        JobScratch another = repository.openScratch(NoLock.HELD, FIRST)) {
      assertEquals(newer.next(), job.id());
      assertEquals(job.id().next(), another.id());
      repository
          .checks()
          .write(
              new CheckRecords.Name(another.id(), "verify"), JsonNodeFactory.instance.objectNode());
    }
    assertEquals(List.of(), Folders.ids(folder.resolve("tmp"), ""));
    assertEquals(newer.next().next().next(), publish(FIRST, Map.of()));
    assertEquals(1, repository.checks().names().size());
  }

  @Test
  void failsToLockAMissingRepository() {
    Repository none = Repository.at(new FolderStorage(folder.resolve("none"), new StableStorage()));
    assertThrows(io.parsecbackup.Problem.class, () -> none.lockShared("verify"));
  }
}
