package io.parsecbackup.repository;

import io.parsecbackup.Problem;
import io.parsecbackup.TemporaryFolder;
import io.parsecbackup.repository.storage.Folders;
import io.parsecbackup.repository.storage.Layout;
import io.parsecbackup.repository.storage.RunId;
import io.parsecbackup.repository.storage.Unwritable;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The name and the scratch folder of a job that changes no backup. All of it goes at the end; what
 * a killed job leaves, the next backup clears.
 *
 * @param isWritable whether the repository can be written, so that the job's result can be kept
 *     there
 */
public record JobScratch(
    RunId id, Path folder, boolean isWritable, AtomicInteger files, Optional<RepositoryLock> alive)
    implements AutoCloseable {

  /** What is sorted and merged: the index, some times over. */
  private static final int TIMES_THE_INDEX = 4;

  private static final long MARGIN = 16L << 20;

  /**
   * On the repository's file system; where that cannot be written, or is full, which must not keep
   * anybody from restoring what is there, in the system's temporary folder.
   *
   * @throws Problem of kind SPACE when there is not enough room in either
   */
  static JobScratch open(RunIds ids, Layout layout, Instant now) throws IOException {
    long needed = TIMES_THE_INDEX * Folders.bytes(layout.files().below(layout.index())) + MARGIN;
    RunId id;
    boolean writable = true;
    try {
      id = ids.reserve(now);
      if (hasRoom(layout.tmp(), needed)) {
        return new JobScratch(
            id,
            layout.scratch(id),
            true,
            new AtomicInteger(),
            Optional.of(RepositoryLock.exclusive(layout.alive(id), "job " + id)));
      }
      Folders.delete(layout.scratch(id));
    } catch (FileSystemException readOnlyOrFull) {
      Unwritable.require(readOnlyOrFull);
      // A snapshot, or a copy on a read-only disk, serves for a restore as well.
      id = RunId.at(now);
      writable = false;
    }
    Path temporary = TemporaryFolder.create();
    if (!hasRoom(temporary, needed)) {
      Folders.delete(temporary);
      throw new Problem(
          Problem.Kind.SPACE,
          "not enough room to sort the index: "
              + needed / (1 << 20)
              + " MiB are needed, on the file system of "
              + layout.root()
              + " or on that of "
              + temporary.getParent()
              + " (TMPDIR chooses another). Nothing was touched");
    }
    return new JobScratch(id, temporary, writable, new AtomicInteger(), Optional.empty());
  }

  private static boolean hasRoom(Path folder, long needed) throws IOException {
    return Files.getFileStore(folder).getUsableSpace() >= needed;
  }

  /** A file that is not there yet. */
  public Path newFile() {
    return folder.resolve("scratch-" + files.incrementAndGet());
  }

  @Override
  public void close() throws IOException {
    alive.ifPresent(RepositoryLock::close);
    Folders.delete(folder);
  }
}
