package io.parsecbackup.repository;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.parsecbackup.Cancellation;
import io.parsecbackup.repository.index.IndexRecord;
import io.parsecbackup.repository.index.RecordStream;
import io.parsecbackup.repository.storage.Content;
import io.parsecbackup.repository.storage.Folders;
import io.parsecbackup.repository.storage.RunId;
import io.parsecbackup.repository.storage.Sha256;
import io.parsecbackup.repository.storage.folder.FolderStorage;
import io.parsecbackup.repository.storage.folder.StableStorage;
import io.parsecbackup.testing.NoLock;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PublishTest {

  private static final Instant NOW = Instant.parse("2026-11-22T02:00:00Z");

  @TempDir Path folder;
  private final List<String> steps = new ArrayList<>();
  private Repository repository;

  @BeforeEach
  void open() throws IOException {
    repository = Repository.at(new FolderStorage(folder, new StableStorage(steps::add)));
    repository.rebind(new Source(Optional.empty(), "parsec", List.of("bucket")));
    steps.clear();
  }

  private static void store(Repository repository, Workspace workspace, String key, String content)
      throws IOException {
    byte[] bytes = content.getBytes(StandardCharsets.UTF_8);
    repository
        .objects()
        .place(
            Content.of(bytes),
            new IndexRecord(key, bytes.length, Sha256.of(bytes), "e-" + content, NOW, false),
            workspace.journal());
  }

  private static void publish(Workspace workspace) throws IOException {
    Path dump = workspace.file("database.dump");
    Files.writeString(dump, "dump");
    ObjectNode document = JsonNodeFactory.instance.objectNode();
    document.put("id", workspace.id().text());
    workspace.publish(Map.of(dump, Sha256.of(dump)), document, new Cancellation());
  }

  private RunId publishOne(Instant at, String key, String content) throws IOException {
    try (Workspace workspace = repository.reserve(NoLock.HELD, at)) {
      store(repository, workspace, key, content);
      publish(workspace);
      return workspace.id();
    }
  }

  private List<String> indexed() throws IOException {
    List<String> found = new ArrayList<>();
    try (RecordStream<IndexRecord> records =
        repository.index().open(List.of(), () -> folder.resolve("merged"))) {
      while (records.hasNext()) {
        IndexRecord next = records.next();
        found.add(next.key() + "=" + next.etag());
      }
    }
    return found;
  }

  @Test
  void writesBackupJsonLastAndAfterTheFlush() throws IOException {
    publishOne(NOW, "org/a", "one");
    List<String> after = steps.stream().filter(step -> step.startsWith("after")).toList();
    assertEquals(
        List.of(
            "after rename to a",
            "after rename to database.dump",
            "after rename to 20261122T020000Z.tsv",
            "after rename to SHA256SUMS",
            "after flush of the file system",
            "after flush of backup.json",
            "after rename to backup.json",
            "after flush of folder 20261122T020000Z"),
        after,
        () -> String.join("\n", steps));
  }

  @Test
  void writesChecksumsThatSha256sumAccepts() throws Exception {
    RunId id = publishOne(NOW, "org/a", "one");
    Process check =
        new ProcessBuilder("sha256sum", "-c", "--strict", "backups/" + id + "/SHA256SUMS")
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .start();
    String said = new String(check.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, check.waitFor(), said);
    assertEquals(2, said.lines().filter(line -> line.endsWith(": OK")).count(), said);
  }

  @Test
  void leavesNoScratch() throws IOException {
    RunId id = publishOne(NOW, "org/a", "one");
    assertFalse(Files.exists(folder.resolve("tmp").resolve(id.text())));
  }

  @Test
  void prefersTheNewerSegment() throws IOException {
    publishOne(NOW, "org/a", "one");
    publishOne(NOW, "org/b", "one");
    publishOne(NOW, "org/a", "two");
    assertEquals(List.of("org/a=e-two", "org/b=e-one"), indexed());
  }

  @Test
  void ignoresASegmentWithoutABackup() throws IOException {
    RunId id = publishOne(NOW, "org/a", "one");
    publishOne(NOW, "org/b", "one");
    Path segment = folder.resolve("index/" + id + ".tsv");
    byte[] bytes = Files.readAllBytes(segment);
    bytes[bytes.length / 2] ^= 1;
    Files.write(segment, bytes);
    assertEquals(List.of("org/b=e-one"), indexed());
    Files.copy(segment, folder.resolve("index/20990101T000000Z.tsv"));
    assertEquals(List.of("org/b=e-one"), indexed());
  }

  @Test
  void publishesASeparateSegmentForAnAdoption() throws IOException {
    try (Workspace workspace = repository.reserve(NoLock.HELD, NOW)) {
      store(repository, workspace, "org/a", "one");
      workspace.publishSegment("adopt", new Cancellation());
    }
    assertEquals(List.of("org/a=e-one"), indexed());
    assertEquals(List.of(), repository.published().ids());
  }

  @Test
  void publishesNothingWhenTheFlushFails() throws IOException {
    Repository failing =
        Repository.at(
            new FolderStorage(
                folder,
                new StableStorage(step -> {
                  if (step.equals("before flush of the file system")) {
                    throw new IllegalStateException("the disk is gone");
                  }
                })));
    Workspace workspace = failing.reserve(NoLock.HELD, NOW);
    store(failing, workspace, "org/a", "one");
    assertThrows(IllegalStateException.class, () -> publish(workspace));
    workspace.close();
    assertEquals(List.of(), repository.published().ids());
    assertEquals(List.of(), indexed());
    assertFalse(Files.exists(folder.resolve("backups").resolve(workspace.id().text())));
    assertTrue(Files.exists(folder.resolve("objects/org/a")));
  }

  @Test
  void publishesNothingWhenTheLastRenameCannotBeFlushed() throws IOException {
    Repository failing =
        Repository.at(
            new FolderStorage(
                folder,
                new StableStorage(step -> {
                  if (step.equals("before flush of folder 20261122T020000Z")) {
                    throw new IllegalStateException("the disk is gone");
                  }
                })));
    Workspace workspace = failing.reserve(NoLock.HELD, NOW);
    store(failing, workspace, "org/a", "one");
    assertThrows(IllegalStateException.class, () -> publish(workspace));
    workspace.close();
    assertEquals(List.of(), repository.published().ids());
    assertFalse(Files.exists(folder.resolve("backups").resolve(workspace.id().text())));
  }

  @Test
  void reusesADeadRunsObjectsOnlyIfTheyMatchItsJournal() throws IOException {
    Workspace dead = repository.reserve(NoLock.HELD, NOW);
    for (String key : List.of("good", "zeros", "empty", "gone", "torn")) {
      store(repository, dead, "org/" + key, "content");
    }
    Files.write(folder.resolve("objects/org/zeros"), new byte["content".length()]);
    Files.write(folder.resolve("objects/org/empty"), new byte[0]);
    Files.delete(folder.resolve("objects/org/gone"));
    Path journal = dead.file("journal.tsv");
    byte[] lines = Files.readAllBytes(journal);
    Files.write(journal, Arrays.copyOf(lines, lines.length - 9));
    Files.writeString(dead.file("database.dump"), "half a dump");

    try (Workspace next = repository.reserve(NoLock.HELD, NOW)) {
      repository.deadRuns().recover(next, new Cancellation(), bytes -> {});
      try (RecordStream<IndexRecord> known = next.known()) {
        while (known.hasNext()) {
          IndexRecord entry = known.next();
          assertEquals("org/good", entry.key());
        }
      }
      publish(next);
    }
    assertEquals(List.of("org/good=e-content"), indexed());
    assertFalse(Files.exists(dead.scratch()));
  }

  @Test
  void setsAsideObjectsThatDifferFromTheJournalAndKeepsDisplacedOnes() throws IOException {
    publishOne(NOW, "org/a", "one");
    Workspace dead = repository.reserve(NoLock.HELD, NOW);
    store(repository, dead, "org/a", "two");
    Files.writeString(folder.resolve("objects/org/a"), "\0\0\0");
    try (Workspace next = repository.reserve(NoLock.HELD, NOW)) {
      repository.deadRuns().recover(next, new Cancellation(), bytes -> {});
    }
    assertFalse(Files.exists(folder.resolve("objects/org/a")));
    try (Stream<Path> kept = Files.list(folder.resolve("conflicts/org/a"))) {
      assertEquals(
          Set.of("one", "\0\0\0"), kept.map(PublishTest::content).collect(Collectors.toSet()));
    }
  }

  /** Killed between the journal's record and the rename. */
  @Test
  void keepsInPlaceWhatADeadRunHadNotYetDisplaced() throws IOException {
    publishOne(NOW, "org/a", "one");
    Repository killed =
        Repository.at(
            new FolderStorage(
                folder,
                new StableStorage(step -> {
                  if (step.equals("before rename to a")) {
                    throw new IllegalStateException("killed");
                  }
                })));
    Workspace dead = killed.reserve(NoLock.HELD, NOW);
    assertThrows(IllegalStateException.class, () -> store(killed, dead, "org/a", "two"));
    try (Workspace next = repository.reserve(NoLock.HELD, NOW)) {
      repository.deadRuns().recover(next, new Cancellation(), bytes -> {});
    }
    assertEquals("one", content(folder.resolve("objects/org/a")));
    assertEquals(List.of("org/a=e-one"), indexed());
  }

  private static String content(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void recoversAgainIfTheRecoveryIsInterrupted() throws IOException {
    Workspace dead = repository.reserve(NoLock.HELD, NOW);
    store(repository, dead, "org/a", "one");
    Workspace cutOff = repository.reserve(NoLock.HELD, NOW);
    Cancellation cancelled = new Cancellation();
    cancelled.cancel("test");
    assertThrows(
        RuntimeException.class,
        () -> repository.deadRuns().recover(cutOff, cancelled, bytes -> {}));
    try (Workspace next = repository.reserve(NoLock.HELD, NOW)) {
      repository.deadRuns().recover(next, new Cancellation(), bytes -> {});
      publish(next);
    }
    assertEquals(List.of("org/a=e-one"), indexed());
    assertEquals(List.of(), Folders.ids(folder.resolve("tmp"), ""));
  }
}
