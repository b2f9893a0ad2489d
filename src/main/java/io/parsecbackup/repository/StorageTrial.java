package io.parsecbackup.repository;

import io.parsecbackup.Problem;
import io.parsecbackup.Problem.Kind;
import io.parsecbackup.repository.storage.Folders;
import io.parsecbackup.repository.storage.Layout;
import io.parsecbackup.repository.storage.PrivateFiles;
import io.parsecbackup.repository.storage.StableStorage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Does once, in a folder of its own, what a backup does to the file system of its repository: takes
 * a lock, makes a folder and a file, writes, flushes both, gives the file another name and a date,
 * and removes it all. A run that holds the repository is not disturbed.
 */
public final class StorageTrial {

  private static final Instant DATE = Instant.parse("2001-02-03T04:05:06Z");

  private final Layout layout;
  private final StableStorage storage;

  StorageTrial(Layout layout, StableStorage storage) {
    this.layout = layout;
    this.storage = storage;
  }

  /**
   * What was found where nothing failed.
   *
   * @param holder says that a run holds the repository; nothing was tried then
   * @param dates whether files keep the date that they are given
   */
  public record Result(Optional<String> holder, boolean dates) {}

  /**
   * Tries. A folder that is no repository yet gets nothing into it that stays.
   *
   * @param existing the repository's folder, or the nearest above it that exists
   * @throws Problem of kind REPOSITORY when there is no lock; SPACE or REPOSITORY as the disk says
   * @throws IOException when the disk refuses one of the steps
   */
  public Result run(Path existing) throws IOException {
    if (!layout.files().exists(layout.identity())) {
      Path folder = Files.createTempDirectory(existing, ".parsec-backup-doctor-");
      try (RepositoryLock lock = lock(folder.resolve("lock"))) {
        return new Result(Optional.empty(), tryIn(folder));
      } finally {
        Folders.delete(folder);
      }
    }
    try (RepositoryLock lock = lock(layout.lock())) {
      Path folder = layout.probe();
      layout.files().createFolders(layout.tmp());
      layout.files().deleteTree(folder);
      PrivateFiles.createFolder(folder);
      try {
        return new Result(Optional.empty(), tryIn(folder));
      } finally {
        layout.files().deleteTree(folder);
      }
    } catch (Problem e) {
      if (e.kind() == Kind.HELD) {
        return new Result(Optional.of(String.valueOf(e.getMessage())), true);
      }
      throw e;
    }
  }

  private static RepositoryLock lock(Path file) {
    try {
      return RepositoryLock.exclusive(file, "doctor");
    } catch (IOException e) {
      throw new Problem(
          Kind.REPOSITORY,
          "the file system gives no lock on "
              + file
              + " ("
              + e
              + "): mount it with locks (NFS: without nolock, with its lock service), or use"
              + " another",
          e);
    }
  }

  private boolean tryIn(Path folder) throws IOException {
    Path inner = folder.resolve("folder");
    PrivateFiles.createFolder(inner);
    Path file = inner.resolve("file");
    storage.write(file, "tried".getBytes(StandardCharsets.UTF_8));
    boolean taken = storage.dates().set(file, DATE);
    Path renamed = inner.resolve("renamed");
    storage.rename(file, renamed);
    storage.flushFolder(inner);
    Instant kept = Files.getLastModifiedTime(renamed).toInstant();
    // Some file systems know a date only to two seconds.
    return taken && Duration.between(DATE, kept).abs().compareTo(Duration.ofSeconds(2)) <= 0;
  }
}
