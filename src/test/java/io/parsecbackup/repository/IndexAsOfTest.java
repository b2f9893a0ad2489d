package io.parsecbackup.repository;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.parsecbackup.Cancellation;
import io.parsecbackup.repository.index.IndexRecord;
import io.parsecbackup.repository.index.RecordStream;
import io.parsecbackup.repository.storage.Damage;
import io.parsecbackup.repository.storage.Folders;
import io.parsecbackup.repository.storage.RunId;
import io.parsecbackup.repository.storage.Sha256;
import io.parsecbackup.repository.storage.StableStorage;
import java.io.IOException;
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
    repository = Repository.at(folder, new StableStorage());
    repository.rebind(new Source(Optional.empty(), "parsec", List.of("bucket")));
    older = publish(FIRST, Map.of("a", "old", "b", "same"));
    newer = publish(FIRST.plusSeconds(60), Map.of("a", "new", "c", "later"));
  }

  private RunId publish(Instant at, Map<String, String> objects) throws IOException {
    try (Workspace workspace = repository.reserve(at)) {
      for (Map.Entry<String, String> object : objects.entrySet()) {
        byte[] bytes = object.getValue().getBytes(StandardCharsets.UTF_8);
        Path part = Files.write(workspace.file("part"), bytes);
        IndexRecord entry =
            new IndexRecord(
                object.getKey(), bytes.length, Sha256.of(bytes), object.getValue(), at, false);
        repository.objects().place(part, entry, workspace.journal());
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

  @Test
  void givesJobsAndBackupsIdsInOneOrder() throws IOException {
    try (JobScratch job = repository.openScratch(FIRST);
        JobScratch another = repository.openScratch(FIRST)) {
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
    Repository none = Repository.at(folder.resolve("none"), new StableStorage());
    assertThrows(io.parsecbackup.Problem.class, () -> none.lockShared("verify"));
  }
}
