package io.parsecbackup.repository;

import io.parsecbackup.Problem;
import io.parsecbackup.TemporaryFolder;
import io.parsecbackup.repository.storage.Folders;
import io.parsecbackup.repository.storage.Layout;
import io.parsecbackup.repository.storage.RepositoryLocks;
import io.parsecbackup.repository.storage.RunId;
import io.parsecbackup.repository.storage.Storage;
import io.parsecbackup.repository.storage.StoredFile;
import io.parsecbackup.repository.storage.Unwritable;
import io.parsecbackup.repository.storage.folder.FolderLock;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Iterator;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The id and the scratch folder of a job that changes no backup. The folder is removed at the end;
 * the next backup removes the folder of a killed job.
 *
 * @param isWritable whether the repository can be written to, so the job's result can be kept there
 */
public record JobScratch(
    RunId id, Path folder, boolean isWritable, AtomicInteger files, Optional<FolderLock> alive)
    implements AutoCloseable {

  /** Space for sorting and merging, as a multiple of the size of the index. */
  private static final int TIMES_THE_INDEX = 4;

  private static final long MARGIN = 16L << 20;

  /**
   * Creates the folder on the repository's file system. If that is read-only or full, which must
   * not prevent a restore, it creates the folder in the system's temporary folder.
   *
   * @throws Problem of kind SPACE when neither has enough space
   */
  static JobScratch open(RunIds ids, Storage storage, RepositoryLocks.Held lock, Instant now)
      throws IOException {
    long needed = TIMES_THE_INDEX * indexBytes(storage) + MARGIN;
    ScratchFolders scratch = new ScratchFolders(storage.scratch());
    RunId id;
    boolean writable = true;
    try {
      id = ids.reserve(now, lock);
      if (hasSpace(scratch.root(), needed)) {
        return new JobScratch(
            id,
            scratch.of(id),
            true,
            new AtomicInteger(),
            Optional.of(FolderLock.exclusive(scratch.alive(id), "job " + id)));
      }
      Folders.delete(scratch.of(id));
    } catch (FileSystemException readOnlyOrFull) {
      Unwritable.require(readOnlyOrFull);
      // A snapshot or a copy on a read-only disk can be restored too.
      id = RunId.at(now);
      writable = false;
    }
    Path temporary = TemporaryFolder.create();
    if (!hasSpace(temporary, needed)) {
      Folders.delete(temporary);
      throw new Problem(
          Problem.Kind.SPACE,
          "not enough space to sort the index: "
              + needed / (1 << 20)
              + " MiB are needed on the file system of "
              + scratch.root()
              + " or of "
              + temporary.getParent()
              + ". Free space there, or set TMPDIR to another folder; nothing was changed");
    }
    return new JobScratch(id, temporary, writable, new AtomicInteger(), Optional.empty());
  }

  private static long indexBytes(Storage storage) throws IOException {
    long bytes = 0;
    for (Iterator<StoredFile> files = storage.list(Layout.INDEX + "/"); files.hasNext(); ) {
      bytes += files.next().size();
    }
    return bytes;
  }

  private static boolean hasSpace(Path folder, long needed) throws IOException {
    return Files.getFileStore(folder).getUsableSpace() >= needed;
  }

  /** A file in the folder that does not exist yet. */
  public Path newFile() {
    return folder.resolve("scratch-" + files.incrementAndGet());
  }

  @Override
  public void close() throws IOException {
    alive.ifPresent(FolderLock::close);
    Folders.delete(folder);
  }
}
