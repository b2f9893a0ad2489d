package io.parsecbackup.repository.storage;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Threads for calls that block on a storage. A disk is as fast as it can be with a few; a server
 * needs time for each answer, so many calls wait for it at once.
 */
public record StorageThreads(Storage storage) {

  private static final int TO_A_SERVER = 64;

  /** For local files: at least four, and two for each processor. */
  public static int forDisk() {
    return Math.max(4, 2 * Runtime.getRuntime().availableProcessors());
  }

  /** How many calls are useful at once, for work that nothing else limits. */
  public int count() {
    return storage.isRemote() ? TO_A_SERVER : forDisk();
  }

  /**
   * Runs calls. Has a thread for every call to a server, because whoever makes the calls limits how
   * many there are. The caller closes it.
   */
  public ExecutorService open() {
    return storage.isRemote()
        ? Executors.newVirtualThreadPerTaskExecutor()
        : Executors.newFixedThreadPool(forDisk());
  }
}
