package io.parsecbackup.repository;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parsecbackup.Problem;
import io.parsecbackup.repository.index.IndexRecord;
import io.parsecbackup.repository.storage.Content;
import io.parsecbackup.repository.storage.FileDates;
import io.parsecbackup.repository.storage.RepositoryLocks;
import io.parsecbackup.repository.storage.StableStorage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The doctor tries each step that a backup needs. A file system that keeps no dates is acceptable.
 */
class StorageTrialTest {

  private static final Source SOURCE = new Source(Optional.of("1"), "parsec", List.of("bucket"));
  private static final FileDates.Setter REFUSING =
      (file, date) -> {
        throw new FileSystemException(file.toString(), null, "Operation not permitted");
      };

  @TempDir Path folder;

  private Repository bound(StableStorage storage) throws IOException {
    Repository repository = Repository.at(folder.resolve("repository"), storage);
    try (RepositoryLocks.Held lock = repository.lock("test")) {
      repository.bind(SOURCE);
    }
    return repository;
  }

  private static List<Path> tree(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.sorted().toList();
    }
  }

  @Test
  void acceptsAHealthyDiskAndLeavesNothing() throws IOException {
    Repository repository = bound(new StableStorage());
    List<Path> before = tree(folder);
    StorageTrial.Result result = repository.trial().run(repository.root());
    assertEquals(new StorageTrial.Result(Optional.empty(), true), result);
    assertEquals(before, tree(folder));
  }

  @Test
  void createsNoRepository() throws IOException {
    Repository repository = Repository.at(folder.resolve("none"), new StableStorage());
    assertTrue(repository.trial().run(folder).dates());
    assertEquals(List.of(folder), tree(folder));
  }

  @Test
  void doesNotDisturbARunningBackup() throws IOException {
    List<String> steps = new ArrayList<>();
    Repository repository = bound(new StableStorage(steps::add));
    steps.clear();
    try (RepositoryLocks.Held lock = repository.lock("backup 20261122T020000Z")) {
      StorageTrial.Result result = repository.trial().run(repository.root());
      assertTrue(result.holder().orElseThrow().contains("backup 20261122T020000Z"));
    }
    assertEquals(List.of(), steps);
  }

  @Test
  void removesWhatAKilledTrialLeft() throws IOException {
    Repository repository = bound(new StableStorage());
    Path left = Files.createDirectories(repository.root().resolve("tmp/probe").resolve("folder"));
    Files.writeString(left.resolve("file"), "left");
    assertTrue(repository.trial().run(repository.root()).dates());
    assertFalse(Files.exists(left));
  }

  /** Each step of the trial is also a step of a run. */
  @Test
  void reportsTheStepThatTheDiskRefuses() throws IOException {
    for (String step : List.of("flush of file", "rename to renamed", "flush of folder folder")) {
      Consumer<String> refusing =
          name -> {
            if (name.equals("before " + step)) {
              throw new UncheckedIOException(
                  new FileSystemException(step, null, "No space left on device"));
            }
          };
      Repository repository = Repository.at(folder.resolve("none"), new StableStorage(refusing));
      UncheckedIOException refused =
          assertThrows(UncheckedIOException.class, () -> repository.trial().run(folder));
      assertTrue(String.valueOf(refused.getMessage()).contains("No space left"), step);
      assertEquals(List.of(folder), tree(folder), step);
    }
  }

  @Test
  void reportsThatDatesAreRefused() throws IOException {
    Repository repository = bound(new StableStorage(step -> {}, new FileDates(REFUSING)));
    assertFalse(repository.trial().run(repository.root()).dates());
  }

  /**
   * A disk that accepts a date but stores another one is just as useless for {@code aws s3 sync}.
   */
  @Test
  void reportsThatDatesAreNotKept() throws IOException {
    FileDates ignoring = new FileDates((file, date) -> {});
    Repository repository = bound(new StableStorage(step -> {}, ignoring));
    assertFalse(repository.trial().run(repository.root()).dates());
  }

  @Test
  void keepsAnObjectWhoseDateIsRefused() throws IOException {
    Repository repository = bound(new StableStorage(step -> {}, new FileDates(REFUSING)));
    String key = "CoolOrg/a";
    try (RepositoryLocks.Held lock = repository.lock("test");
        Workspace workspace = repository.reserve(lock, Instant.parse("2026-11-22T02:00:00Z"))) {
      Content fetched = Content.of("content".getBytes(StandardCharsets.UTF_8));
      IndexRecord entry =
          new IndexRecord(
              key, 7, fetched.sha256(), "etag", Instant.parse("2020-01-01T00:00:00Z"), false);
      repository.objects().place(fetched, entry, workspace.journal());
      assertEquals("content", Files.readString(repository.root().resolve("objects").resolve(key)));
      repository.objects().date(key, Instant.parse("2021-01-01T00:00:00Z"));
    }
  }

  @Test
  void stillFailsIfTheDiskFails() {
    FileDates failing =
        new FileDates((file, date) -> {
          throw new FileSystemException(file.toString(), null, "Input/output error");
        });
    assertThrows(FileSystemException.class, () -> failing.set(folder, Instant.EPOCH));
  }

  @Test
  void setsADateIfTheDiskAcceptsIt() throws IOException {
    Path file = Files.createFile(folder.resolve("file"));
    Instant date = Instant.parse("2020-01-01T00:00:00Z");
    assertTrue(new FileDates().set(file, date));
    assertEquals(FileTime.from(date), Files.getLastModifiedTime(file));
  }

  @Test
  void reportsALockThatCannotBeTaken() throws IOException {
    Repository repository = bound(new StableStorage());
    Files.delete(repository.root().resolve("lock"));
    Files.createDirectory(repository.root().resolve("lock"));
    Problem refused = assertThrows(Problem.class, () -> repository.trial().run(repository.root()));
    assertEquals(Problem.Kind.REPOSITORY, refused.kind());
  }
}
