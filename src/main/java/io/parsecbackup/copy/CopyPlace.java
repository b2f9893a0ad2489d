package io.parsecbackup.copy;

import io.parsecbackup.repository.Repository;
import io.parsecbackup.repository.Workspace;
import io.parsecbackup.repository.storage.ConditionFailedException;
import io.parsecbackup.repository.storage.DiskFull;
import io.parsecbackup.repository.storage.RepositoryLocks;
import java.io.IOException;

/** A place while a job works on it. */
record CopyPlace(Repository repository, Workspace workspace, RepositoryLocks.Held lock) {

  /**
   * Returns if only one file could not be written. The lock of a bucket is written for that: it
   * shows that the bucket and its key still take files.
   *
   * @throws IOException {@code failure}, if the place as a whole fails
   */
  void requireWorking(IOException failure) throws IOException {
    if (failure instanceof ConditionFailedException || DiskFull.isCauseOf(failure)) {
      throw failure;
    }
    try {
      lock.requireHeld();
      repository.storage().requireUsable();
    } catch (IOException | RuntimeException e) {
      failure.addSuppressed(e);
      throw failure;
    }
  }
}
