package io.parsecbackup.repository.index;

import io.parsecbackup.repository.storage.RunId;
import java.nio.file.Path;

/** The scratch folder of a run, on the repository's file system. */
public interface ScratchFiles {

  /** The run's id. */
  RunId id();

  /** The file with this name in the folder. */
  Path file(String name);

  /** A file in the folder that does not exist yet. */
  Path newFile();
}
