package io.parsecbackup.copy;

import io.parsecbackup.repository.index.ScratchFiles;
import io.parsecbackup.repository.storage.RunId;
import java.nio.file.Path;

/**
 * Scratch files of a compaction of the copied segments.
 *
 * @param id of the newest of them: later copies bring newer ones only
 */
record AsOf(ScratchFiles files, RunId id) implements ScratchFiles {

  @Override
  public Path file(String name) {
    return files.file(name);
  }

  @Override
  public Path newFile() {
    return files.newFile();
  }
}
