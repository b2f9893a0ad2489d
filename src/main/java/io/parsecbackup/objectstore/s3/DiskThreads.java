package io.parsecbackup.objectstore.s3;

/** Threads for work that blocks on files. */
public final class DiskThreads {

  private DiskThreads() {}

  /** At least four, and two for each processor. */
  public static int count() {
    return Math.max(4, 2 * Runtime.getRuntime().availableProcessors());
  }
}
