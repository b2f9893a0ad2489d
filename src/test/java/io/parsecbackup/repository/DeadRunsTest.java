package io.parsecbackup.repository;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.parsecbackup.Cancellation;
import io.parsecbackup.repository.storage.RunId;
import io.parsecbackup.repository.storage.folder.FolderStorage;
import io.parsecbackup.repository.storage.folder.StableStorage;
import io.parsecbackup.testing.NoLock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a killed run leaves between two steps. */
class DeadRunsTest {

  private static final Instant NOW = Instant.parse("2026-11-22T02:00:00Z");
  private static final Source SOURCE = new Source(Optional.empty(), "parsec", List.of("bucket"));

  /** Ends the step as a kill would: nothing after it happens. */
  private static final class SimulatedKill extends RuntimeException {}

  @TempDir Path folder;
  private Repository repository;

  @BeforeEach
  void open() throws IOException {
    repository = Repository.at(new FolderStorage(folder, new StableStorage()));
    repository.rebind(SOURCE);
  }

  private Repository killedAt(String wanted) {
    return Repository.at(
        new FolderStorage(
            folder,
            new StableStorage(step -> {
              if (step.equals(wanted)) {
                throw new SimulatedKill();
              }
            })));
  }

  private List<String> scratch() throws IOException {
    try (Stream<Path> files = Files.list(folder.resolve("tmp"))) {
      return files.map(file -> file.getFileName().toString()).toList();
    }
  }

  @Test
  void removesARecordThatWasNotRenamed() throws IOException {
    RunId id = RunId.at(NOW);
    Repository killed = killedAt("before rename to " + id + ".json");
    assertThrows(
        SimulatedKill.class, () -> killed.runs().write(id, JsonNodeFactory.instance.objectNode()));
    assertEquals(1, scratch().size());
    repository.deadRuns().clear();
    assertEquals(List.of(), scratch());
  }

  @Test
  void removesTheRestOfAnUnfinishedBinding() throws IOException {
    Repository killed = killedAt("before rename to parsec-backup.json");
    assertThrows(SimulatedKill.class, () -> killed.rebind(SOURCE));
    Files.createDirectories(folder.resolve("tmp/probe"));
    Files.createFile(folder.resolve("tmp/probe/CoolOrg"));
    repository.deadRuns().clear();
    assertEquals(List.of(), scratch());
  }

  @Test
  void keepsFilesThatTheProgramNeverCreates() throws IOException {
    Files.createFile(folder.resolve("tmp/notes"));
    repository.deadRuns().clear();
    assertEquals(List.of("notes"), scratch());
  }

  @Test
  void removesScratchWithoutAJournal() throws IOException {
    Files.createDirectory(folder.resolve("tmp/20261122T020000Z"));
    repository.deadRuns().clear();
    assertEquals(List.of(), scratch());
  }

  @Test
  void removesASegmentWithoutASeal() throws IOException {
    Repository killed = killedAt("before flush of the file system");
    Workspace dead = killed.reserve(NoLock.HELD, NOW);
    assertThrows(SimulatedKill.class, () -> dead.publishSegment("adopt", new Cancellation()));
    assertTrue(Files.exists(folder.resolve("index/" + dead.id() + ".tsv")));
    repository.deadRuns().clear();
    assertFalse(Files.exists(folder.resolve("index/" + dead.id() + ".tsv")));
    assertEquals(List.of(), scratch());
  }

  @Test
  void keepsASegmentWithASeal() throws IOException {
    Repository killed = killedAt("after rename to 20261122T020000Z.json");
    Workspace dead = killed.reserve(NoLock.HELD, NOW);
    assertThrows(SimulatedKill.class, () -> dead.publishSegment("adopt", new Cancellation()));
    repository.deadRuns().clear();
    assertTrue(Files.exists(folder.resolve("index/" + dead.id() + ".tsv")));
    assertEquals(List.of(), scratch());
  }
}
