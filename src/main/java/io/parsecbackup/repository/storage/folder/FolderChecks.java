package io.parsecbackup.repository.storage.folder;

import io.parsecbackup.Problem;
import io.parsecbackup.Problem.Kind;
import io.parsecbackup.repository.storage.Folders;
import io.parsecbackup.repository.storage.Layout;
import io.parsecbackup.repository.storage.StorageCheck;
import io.parsecbackup.repository.storage.StorageCheck.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;

/** Tests the file system of a repository in a folder. */
record FolderChecks(Path root, RepositoryFiles files, StableStorage stable) {

  /** A new block needs one inode, a new organization one more. */
  private static final long FEW_INODES = 100_000;

  /** Longer than a flush takes on a healthy disk. */
  private static final Duration LONGEST_FLUSH = Duration.ofMinutes(2);

  List<StorageCheck> all() {
    return List.of(
        new StorageCheck("storage", this::trial),
        new StorageCheck("inodes", () -> inodes(FreeInodes.of(Folders.nearestExisting(root)))),
        new StorageCheck("flush", this::flush));
  }

  /** Checks that the folders exist or can be created, and can be written. */
  void requireWritable() {
    Path existing = Folders.nearestExisting(root);
    if (!Files.isDirectory(existing) || !Files.isWritable(existing)) {
      throw new Problem(
          Kind.REPOSITORY,
          existing
              + " cannot be written: give this program's user write access, or name another"
              + " folder");
    }
    for (String name : Layout.FOLDERS) {
      Path folder = root.resolve(name);
      if (Files.exists(folder) && !Files.isWritable(folder)) {
        throw new Problem(
            Kind.REPOSITORY, folder + " cannot be written: give this program's user write access");
      }
    }
  }

  private List<Result> trial() throws IOException {
    FolderTrial.Result result = new FolderTrial(root, files, stable).run();
    if (result.holder().isPresent()) {
      return List.of(
          Result.note("storage", "not tested, because a run is active: " + result.holder().get()));
    }
    return List.of(
        Result.ok("storage", "a lock, files, folders, flushes and renames work"),
        result.dates()
            ? Result.ok("dates", "the file system stores dates of files")
            : Result.note(
                "dates",
                "the file system refuses dates of files. Backups are not affected; 'aws s3 sync'"
                    + " would copy all objects again"));
  }

  static List<Result> inodes(OptionalLong free) {
    if (free.isEmpty()) {
      return List.of();
    }
    String detail = free.getAsLong() + " inodes free";
    if (free.getAsLong() == 0) {
      throw new Problem(
          Kind.SPACE,
          "no inode is free, and each object needs one. Move the repository to a file system"
              + " with more inodes");
    }
    return List.of(
        free.getAsLong() < FEW_INODES
            ? Result.note("inodes", detail + ": each new object needs one")
            : Result.ok("inodes", detail));
  }

  private List<Result> flush() {
    try {
      stable.flushFileSystem(Folders.nearestExisting(root), LONGEST_FLUSH);
      return List.of(Result.ok("flush", "sync -f can flush the file system to stable storage"));
    } catch (IOException e) {
      throw new Problem(
          Kind.REPOSITORY,
          "the program sync cannot be run (" + e.getMessage() + "): install GNU coreutils",
          e);
    }
  }
}
