package io.parsecbackup.repository;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The name and the scratch folder of a job that changes no backup. All of it goes at the end; what
 * a killed job leaves, the next backup clears.
 *
 * @param isWritable whether the repository can be written, so that the job's result can be kept
 *     there
 */
public record JobScratch(RunId id, Path folder, boolean isWritable, AtomicInteger files)
    implements AutoCloseable {

  static JobScratch open(RunIds ids, Layout layout, Instant now) throws IOException {
    try {
      RunId id = ids.reserve(now);
      return new JobScratch(id, layout.scratch(id), true, new AtomicInteger());
    } catch (FileSystemException readOnly) {
      // A snapshot, or a copy on a read-only disk, serves for a restore as well.
      Path folder = Files.createTempDirectory("parsec-backup");
      return new JobScratch(RunId.at(now), folder, false, new AtomicInteger());
    }
  }

  /** A file that is not there yet. */
  public Path newFile() {
    return folder.resolve("scratch-" + files.incrementAndGet());
  }

  @Override
  public void close() throws IOException {
    Folders.delete(folder);
  }
}
