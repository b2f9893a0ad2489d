package io.parsecbackup.sync;

/** Threads for work that blocks on files. */
final class DiskThreads {

  private DiskThreads() {}

  /** At least four, and two for each processor. */
  static int count() {
    return Math.max(4, 2 * Runtime.getRuntime().availableProcessors());
  }
}
