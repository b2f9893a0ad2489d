package io.parsecbackup.copy;

import io.parsecbackup.Cancellation;
import io.parsecbackup.Problem;
import io.parsecbackup.Problem.Kind;
import io.parsecbackup.job.JobPhase;
import io.parsecbackup.repository.CheckRecords;
import io.parsecbackup.repository.Identity;
import io.parsecbackup.repository.Repository;
import io.parsecbackup.repository.Workspace;
import io.parsecbackup.repository.storage.RepositoryLocks;
import java.io.IOException;
import java.util.Optional;

/**
 * Copies a repository to one place, under the exclusive lock of that place. If that lock is lost,
 * only this copy ends.
 */
final class TargetCopy {

  private final Cancellation job;
  private final Cancellation own = new Cancellation();
  private final CopySource source;
  private final Repository target;
  private final CopyCounters counters;

  TargetCopy(CopySource source, Repository target, CopyCounters counters) {
    this.job = source.cancellation();
    this.source = source.cancelledBy(own);
    this.target = target;
    this.counters = counters;
  }

  /**
   * Copies everything that the place does not have.
   *
   * @return whether everything was intact
   * @throws Problem when the place cannot be a copy of this repository
   */
  boolean run() throws IOException {
    source.report().enter(JobPhase.PREPARE);
    Identity identity =
        source
            .repository()
            .identity()
            .orElseThrow(() ->
                new Problem(
                    Kind.NOT_FOUND,
                    source.repository().location()
                        + " is not a repository yet. Run a backup first"));
    // Before locking: nothing is written in a place that is something else.
    CopyIdentity place = new CopyIdentity(source.repository(), target);
    place.requireSameSource(identity);
    requireOtherPlace();
    place.requireSameBackups();
    try (RepositoryLocks.Held lock = target.lock("copy " + source.job());
        Cancellation.Hook whole = job.onCancel(() -> own.cancel(job.why().orElseThrow()));
        Cancellation.Hook watch = lock.cancelWhenLost(own)) {
      try {
        return copy(identity, lock);
      } catch (IOException | RuntimeException e) {
        Optional<Problem> lost = lock.lost();
        if (lost.isPresent() && !job.isCancelled()) {
          // Whatever failed is a consequence.
          lost.get().addSuppressed(e);
          throw lost.get();
        }
        throw e;
      }
    }
  }

  private boolean copy(Identity identity, RepositoryLocks.Held lock) throws IOException {
    target.bind(identity.source());
    target.deadRuns().clear();
    try (Workspace workspace = target.reserveToCopy(lock, source.job().instant())) {
      return new CopyWork(source, new CopyPlace(target, workspace, lock), counters).run();
    }
  }

  /** The place may be the repository itself under another name. Then it has the job's record. */
  private void requireOtherPlace() {
    if (target
        .checks()
        .read(new CheckRecords.Name(source.job(), CopySource.KIND.word()))
        .isPresent()) {
      throw new Problem(
          Kind.CONFIGURATION,
          CopySettings.KEY
              + " names "
              + target.location()
              + ", which is the repository itself under another name. Use another place");
    }
  }
}
