package io.parsecbackup.repository.storage.folder;

import io.parsecbackup.Problem;
import io.parsecbackup.Problem.Kind;
import io.parsecbackup.repository.storage.Folders;
import io.parsecbackup.repository.storage.Layout;
import io.parsecbackup.repository.storage.PrivateFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Tests, in a temporary folder, the operations that a backup needs from the repository's file
 * system. It takes a lock, creates a folder and a file, writes and flushes both, renames the file,
 * sets its date, and removes everything. It does not disturb a run that holds the lock.
 */
final class FolderTrial {

  private static final Instant DATE = Instant.parse("2001-02-03T04:05:06Z");

  private final Path root;
  private final RepositoryFiles files;
  private final StableStorage storage;

  FolderTrial(Path root, RepositoryFiles files, StableStorage storage) {
    this.root = root;
    this.files = files;
    this.storage = storage;
  }

  /**
   * The result if nothing failed.
   *
   * @param holder the message that a run holds the lock, and nothing was tested; empty otherwise
   * @param dates whether files keep the date that is set
   */
  record Result(Optional<String> holder, boolean dates) {}

  /**
   * Runs the test. Leaves nothing in a folder that is not a repository yet.
   *
   * @throws Problem of kind REPOSITORY when the file system has no locks
   * @throws IOException when one of the steps fails
   */
  Result run() throws IOException {
    if (!files.exists(root.resolve(Layout.IDENTITY))) {
      Path folder =
          Files.createTempDirectory(Folders.nearestExisting(root), ".parsec-backup-doctor-");
      try (FolderLock lock = lock(folder.resolve("lock"))) {
        return new Result(Optional.empty(), tryIn(folder));
      } finally {
        Folders.delete(folder);
      }
    }
    try (FolderLock lock = lock(root.resolve(Layout.LOCK))) {
      Path folder = root.resolve(Layout.TMP).resolve(FolderStorage.PROBE);
      files.createFolders(root.resolve(Layout.TMP));
      files.deleteTree(folder);
      PrivateFiles.createFolder(folder);
      try {
        return new Result(Optional.empty(), tryIn(folder));
      } finally {
        files.deleteTree(folder);
      }
    } catch (Problem e) {
      if (e.kind() == Kind.HELD) {
        return new Result(Optional.of(String.valueOf(e.getMessage())), true);
      }
      throw e;
    }
  }

  private static FolderLock lock(Path file) {
    try {
      return FolderLock.exclusive(file, "doctor");
    } catch (IOException e) {
      throw new Problem(
          Kind.REPOSITORY,
          "the file system does not support locks: "
              + file
              + " ("
              + e
              + "). Mount it with locks (NFS: without nolock, with its lock service), or use another",
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
    // Some file systems store dates in steps of two seconds.
    return taken && Duration.between(DATE, kept).abs().compareTo(Duration.ofSeconds(2)) <= 0;
  }
}
