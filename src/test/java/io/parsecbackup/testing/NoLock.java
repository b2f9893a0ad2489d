package io.parsecbackup.testing;

import io.parsecbackup.Cancellation;
import io.parsecbackup.repository.storage.RepositoryLocks;
import io.parsecbackup.repository.storage.RunId;

/** A lock for tests in which one run follows another: it locks nothing. */
public enum NoLock implements RepositoryLocks.Held {
  HELD;

  @Override
  public void describeHolder(String holder) {}

  @Override
  public void announce(RunId id) {}

  @Override
  public Cancellation.Hook cancelWhenLost(Cancellation cancellation) {
    return () -> {};
  }

  @Override
  public void requireHeld() {}

  @Override
  public void close() {}
}
