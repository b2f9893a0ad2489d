package io.parsecbackup.objectstore.lease;

import io.parsecbackup.Cancellation;
import io.parsecbackup.repository.storage.RepositoryLocks;
import io.parsecbackup.repository.storage.RunId;

/** A shared lock without a lease, for a key that may only read. */
record NoLease() implements RepositoryLocks.Held {

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
