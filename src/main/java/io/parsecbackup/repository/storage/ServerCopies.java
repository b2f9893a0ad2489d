package io.parsecbackup.repository.storage;

import java.io.IOException;
import java.util.Optional;
import org.jboss.logging.Logger;

/**
 * Files that a server copies itself, because it has both storages. For the rest of a run it is not
 * asked again once it has shown that it does not support this. Thread-safe.
 */
public final class ServerCopies {

  private static final Logger LOG = Logger.getLogger(ServerCopies.class);

  private final Storage from;
  private final Storage to;
  private boolean usable;

  public ServerCopies(Storage from, Storage to) {
    this.from = from;
    this.to = to;
    this.usable = to.isOnServerOf(from);
  }

  /** Whether the server may copy files. */
  public synchronized boolean isUsable() {
    return usable;
  }

  /** The file to copy; empty if it does not exist or the server does not tell. */
  public Optional<StoredFile> find(String name) {
    try {
      return from.find(name);
    } catch (IOException e) {
      // Whoever reads its bytes finds out why.
      return Optional.empty();
    }
  }

  /**
   * Copies a file.
   *
   * @return see {@link Storage#copyFrom}
   */
  public boolean copy(StoredFile file, String sha256) throws IOException {
    try {
      return to.copyFrom(from, file, sha256);
    } catch (CopyUnsupportedException e) {
      giveUp(e);
      return false;
    }
  }

  private synchronized void giveUp(CopyUnsupportedException why) {
    if (usable) {
      usable = false;
      LOG.infof(
          "the server of %s does not copy the objects itself (%s): they go through this program",
          to.location(), why.getMessage());
    }
  }
}
