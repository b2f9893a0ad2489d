package io.parsecbackup.repository.storage.folder;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parsecbackup.Problem;
import io.parsecbackup.repository.storage.Content;
import io.parsecbackup.repository.storage.Layout;
import io.parsecbackup.repository.storage.NewFile;
import io.parsecbackup.repository.storage.RepositoryLocks;
import io.parsecbackup.repository.storage.Storage;
import java.io.IOException;
import java.io.UncheckedIOException;
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
class FolderTrialTest {

  private static final FileDates.Setter REFUSING =
      (file, date) -> {
        throw new FileSystemException(file.toString(), null, "Operation not permitted");
      };

  @TempDir Path folder;

  private Path root() {
    return folder.resolve("repository");
  }

  /** The storage of a repository that was created. */
  private Storage created(StableStorage stable) throws IOException {
    Storage storage = new FolderStorage(root(), stable);
    storage.createFolders();
    storage.put(NewFile.replacing(Layout.IDENTITY, Content.of(new byte[1])));
    return storage;
  }

  private FolderTrial.Result run(StableStorage stable) throws IOException {
    return new FolderTrial(root(), new RepositoryFiles(root()), stable).run();
  }

  private static List<Path> tree(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.sorted().toList();
    }
  }

  @Test
  void acceptsAHealthyDiskAndLeavesNothing() throws IOException {
    created(new StableStorage());
    run(new StableStorage());
    List<Path> before = tree(folder);
    assertEquals(new FolderTrial.Result(Optional.empty(), true), run(new StableStorage()));
    assertEquals(before, tree(folder));
  }

  @Test
  void createsNoRepository() throws IOException {
    assertTrue(run(new StableStorage()).dates());
    assertEquals(List.of(folder), tree(folder));
  }

  @Test
  void doesNotDisturbARunningBackup() throws IOException {
    List<String> steps = new ArrayList<>();
    Storage storage = created(new StableStorage());
    try (RepositoryLocks.Held lock = storage.locks().exclusive("backup 20261122T020000Z")) {
      FolderTrial.Result result = run(new StableStorage(steps::add));
      assertTrue(result.holder().orElseThrow().contains("backup 20261122T020000Z"));
    }
    assertEquals(List.of(), steps);
  }

  @Test
  void removesWhatAKilledTrialLeft() throws IOException {
    created(new StableStorage());
    Path left = Files.createDirectories(root().resolve("tmp/probe/folder"));
    Files.writeString(left.resolve("file"), "left");
    assertTrue(run(new StableStorage()).dates());
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
      UncheckedIOException refused =
          assertThrows(UncheckedIOException.class, () -> run(new StableStorage(refusing)));
      assertTrue(String.valueOf(refused.getMessage()).contains("No space left"), step);
      assertEquals(List.of(folder), tree(folder), step);
    }
  }

  @Test
  void reportsThatDatesAreRefused() throws IOException {
    created(new StableStorage());
    assertFalse(run(new StableStorage(step -> {}, new FileDates(REFUSING))).dates());
  }

  /**
   * A disk that accepts a date but stores another one is just as useless for {@code aws s3 sync}.
   */
  @Test
  void reportsThatDatesAreNotKept() throws IOException {
    created(new StableStorage());
    FileDates ignoring = new FileDates((file, date) -> {});
    assertFalse(run(new StableStorage(step -> {}, ignoring)).dates());
  }

  @Test
  void keepsAFileWhoseDateIsRefused() throws IOException {
    Storage storage = created(new StableStorage(step -> {}, new FileDates(REFUSING)));
    storage.putUnflushed(
        new NewFile(
            "objects/CoolOrg/a",
            Content.of(new byte[1]),
            new NewFile.Always(),
            Optional.of(Instant.parse("2020-01-01T00:00:00Z"))));
    storage.setDate("objects/CoolOrg/a", Instant.parse("2021-01-01T00:00:00Z"));
    assertEquals(1, storage.find("objects/CoolOrg/a").orElseThrow().size());
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
    created(new StableStorage());
    Files.createDirectory(root().resolve("lock"));
    Problem refused = assertThrows(Problem.class, () -> run(new StableStorage()));
    assertEquals(Problem.Kind.REPOSITORY, refused.kind());
  }
}
