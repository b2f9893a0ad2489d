package io.parsecbackup.repository.storage;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jboss.logging.Logger;

/**
 * Removes files that nobody needs any more. No backup depends on that: a writer that may not delete
 * leaves them, and readers ignore them.
 */
public record Leftovers(Storage storage) {

  private static final Logger LOG = Logger.getLogger(Leftovers.class);
  private static final AtomicBoolean WARNED = new AtomicBoolean();

  /** Removes a file. Returns false if this program may not delete it. */
  public boolean delete(String name) throws IOException {
    try {
      storage.delete(name);
      return true;
    } catch (DeletionRefusedException e) {
      warn(name, e);
      return false;
    }
  }

  /**
   * Removes a folder with its content, or what this program may delete of it. Returns false if
   * something stays.
   */
  public boolean deleteTree(String folder) throws IOException {
    try {
      storage.deleteTree(folder);
      return true;
    } catch (DeletionRefusedException e) {
      warn(folder, e);
      return false;
    }
  }

  private void warn(String name, DeletionRefusedException e) {
    if (!WARNED.getAndSet(true)) {
      LOG.infof(
          "%s stays, because this program may not delete it (%s). Nothing reads it. This is logged"
              + " only once",
          storage.locate(name), e.getMessage());
    }
  }
}
