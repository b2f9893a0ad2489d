package io.parsecbackup.repository.storage.folder;

import io.parsecbackup.repository.storage.Layout;
import io.parsecbackup.repository.storage.PlainFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Names in the repository's scratch folder for files that are not complete yet. A random part
 * separates them from those of other processes, and a number from the others of this one: a random
 * number for each of a million objects would take longer than its file. Thread-safe.
 */
final class TemporaryFiles {

  private final Path scratch;
  private final RepositoryFiles files;
  private final String prefix = Layout.NEW + UUID.randomUUID() + "-";
  private final AtomicLong last = new AtomicLong();

  /**
   * @param scratch a folder directly in the root; created when it is needed
   */
  TemporaryFiles(Path scratch, RepositoryFiles files) {
    this.scratch = scratch;
    this.files = files;
  }

  /** The name of a file that does not exist, in a folder that does. */
  Path next() throws IOException {
    Optional<BasicFileAttributes> found = PlainFiles.look(scratch);
    if (found.isEmpty()) {
      files.createFolders(scratch);
    } else {
      PlainFiles.requireFolder(scratch, found.get());
    }
    return scratch.resolve(prefix + last.incrementAndGet());
  }
}
