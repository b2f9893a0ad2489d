package io.parsecbackup.objectstore.lease;

import io.parsecbackup.Cancellation;
import io.parsecbackup.Problem;
import io.parsecbackup.repository.storage.RepositoryLocks;
import io.parsecbackup.repository.storage.RunId;
import java.util.Optional;

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
  public Optional<Problem> lost() {
    return Optional.empty();
  }

  @Override
  public void requireHeld() {}

  @Override
  public void close() {}
}
