package io.parsecbackup.testing;

import io.parsecbackup.Cancellation;
import io.parsecbackup.Problem;
import io.parsecbackup.repository.storage.RepositoryLocks;
import io.parsecbackup.repository.storage.RunId;
import java.util.Optional;

/** A lock for tests in which one run follows another: it locks nothing. */
public enum NoLock implements RepositoryLocks.Held {
  HELD,
  /** Its holder finds out that it was lost once it has failed. */
  LOST;

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
    return this == LOST
        ? Optional.of(new Problem(Problem.Kind.REPOSITORY, "the lock was lost"))
        : Optional.empty();
  }

  @Override
  public void requireHeld() {}

  @Override
  public void close() {}
}
