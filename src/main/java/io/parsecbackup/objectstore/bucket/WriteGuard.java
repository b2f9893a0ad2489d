package io.parsecbackup.objectstore.bucket;

/**
 * Decides whether this process may change the bucket now. A process that was stopped for long, and
 * continues, may have lost its lock without having noticed it.
 */
public interface WriteGuard {

  /** For requests that need no lock. */
  WriteGuard NONE = key -> {};

  /**
   * Called immediately before each try of a request that changes the object with this key. Must not
   * block.
   *
   * @throws io.parsecbackup.Problem when this process has lost the lock
   * @throws io.parsecbackup.objectstore.content.TransferException of kind TEMPORARY when that is
   *     not known yet
   */
  void check(String key);
}
