package io.parsecbackup.repository;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parsecbackup.Problem;
import io.parsecbackup.repository.index.IndexCodecTest;
import io.parsecbackup.repository.storage.RepositoryLocks;
import io.parsecbackup.repository.storage.RunId;
import io.parsecbackup.repository.storage.folder.FolderStorage;
import io.parsecbackup.repository.storage.folder.StableStorage;
import io.parsecbackup.testing.NoLock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RepositoryTest {

  private static final Source SOURCE =
      new Source(Optional.of("7312345678901234567"), "parsec", List.of("bucket"));
  private static final Instant NOW = Instant.parse("2026-11-22T02:00:00.5Z");

  @TempDir Path folder;
  private Repository repository;

  @BeforeEach
  void open() {
    repository =
        Repository.at(new FolderStorage(folder.resolve("repository"), new StableStorage()));
  }

  @Test
  void createsItsFoldersForItsOwnerOnly() throws IOException {
    try (RepositoryLocks.Held lock = repository.lock("test")) {
      repository.bind(SOURCE);
      try (Workspace workspace = repository.reserve(NoLock.HELD, NOW)) {
        workspace.journal().add(IndexCodecTest.entry("a", "e", false));
      }
    }
    try (Stream<Path> files = Files.walk(Path.of(repository.storage().location()))) {
      for (Path file : files.toList()) {
        String rights = PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
        assertTrue(rights.endsWith("------"), file + " is " + rights);
      }
    }
  }

  @Test
  void assignsIdsWhateverFilesItContains() throws IOException {
    try (RepositoryLocks.Held lock = repository.lock("test")) {
      repository.bind(SOURCE);
      Files.createDirectory(
          Path.of(repository.storage().location()).resolve("backups/99991231T235959Z"));
      try (Workspace workspace = repository.reserve(NoLock.HELD, NOW)) {
        assertEquals(RunId.at(NOW), workspace.id());
      }
    }
  }

  @Test
  void isBoundToItsFirstSource() throws IOException {
    Identity first = repository.rebind(SOURCE);
    assertEquals(first, repository.bind(SOURCE));
    for (Source other :
        List.of(
            new Source(Optional.of("1"), "parsec", List.of("bucket")),
            new Source(SOURCE.systemIdentifier(), "other", List.of("bucket")),
            new Source(SOURCE.systemIdentifier(), "parsec", List.of("other")),
            new Source(SOURCE.systemIdentifier(), "parsec", List.of()))) {
      Problem refusal = assertThrows(Problem.class, () -> repository.bind(other));
      assertEquals(Problem.Kind.REPOSITORY, refusal.kind());
      assertTrue(String.valueOf(refusal.getMessage()).contains("adopt"));
    }
    Source moved = new Source(Optional.of("1"), "parsec", List.of("bucket"));
    assertEquals(first.id(), repository.rebind(moved).id());
    assertEquals(moved, repository.bind(moved).source());
  }

  @Test
  void acceptsASourceWhoseClusterIdCannotBeRead() throws IOException {
    repository.rebind(SOURCE);
    repository.bind(new Source(Optional.empty(), "parsec", List.of("bucket")));
  }

  @Test
  void refusesAFolderWithOtherContent() throws IOException {
    Files.createDirectories(Path.of(repository.storage().location()).resolve("photos"));
    Problem refusal = assertThrows(Problem.class, () -> repository.identity());
    assertTrue(String.valueOf(refusal.getMessage()).contains("photos"));
  }

  @Test
  void recommendsAdoptForAFolderOfObjects() throws IOException {
    Files.createDirectories(Path.of(repository.storage().location()).resolve("objects"));
    Problem refusal = assertThrows(Problem.class, () -> repository.bind(SOURCE));
    assertTrue(String.valueOf(refusal.getMessage()).contains("adopt"));
  }

  @Test
  void acceptsTheRootOfANewFileSystem() throws IOException {
    Files.createDirectories(Path.of(repository.storage().location()).resolve("lost+found"));
    assertEquals(Optional.empty(), repository.identity());
  }

  @Test
  void refusesANewerFormatAndADamagedIdentity() throws IOException {
    repository.rebind(SOURCE);
    Path identity = Path.of(repository.storage().location()).resolve("parsec-backup.json");
    Files.write(identity, new Identity(3, "x", SOURCE).toBytes());
    assertTrue(
        String.valueOf(assertThrows(Problem.class, () -> repository.identity()).getMessage())
            .contains("format 3"));
    Files.writeString(identity, Files.readString(identity).replace("parsec", "Parsec"));
    assertTrue(
        String.valueOf(assertThrows(Problem.class, () -> repository.identity()).getMessage())
            .contains("damaged"));
  }

  @Test
  void namesARunAfterItsSecondOrTheNextFreeOne() throws IOException {
    repository.rebind(SOURCE);
    Instant earlier = NOW.minusSeconds(3_600);
    try (Workspace first = repository.reserve(NoLock.HELD, NOW)) {
      assertEquals("20261122T020000Z", first.id().text());
      try (Workspace second = repository.reserve(NoLock.HELD, NOW);
          Workspace clockSetBack = repository.reserve(NoLock.HELD, earlier)) {
        assertEquals("20261122T020001Z", second.id().text());
        assertEquals("20261122T020002Z", clockSetBack.id().text());
      }
    }
  }

  @Test
  void neverNamesARunBeforeAPublishedOne() throws IOException {
    repository.rebind(SOURCE);
    Files.createDirectories(
        Path.of(repository.storage().location()).resolve("backups/20301231T235959Z"));
    try (Workspace workspace = repository.reserve(NoLock.HELD, NOW)) {
      assertEquals("20310101T000000Z", workspace.id().text());
    }
  }

  @Test
  void leavesNoScratchOfARunThatCopiedNothing() throws IOException {
    repository.rebind(SOURCE);
    Workspace workspace = repository.reserve(NoLock.HELD, NOW);
    Path scratch = workspace.scratch();
    Files.writeString(workspace.file("database.dump"), "half");
    workspace.close();
    assertFalse(Files.exists(scratch));
  }
}
