package io.parsecbackup.copy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.parsecbackup.Cancellation;
import io.parsecbackup.Problem;
import io.parsecbackup.Problem.Kind;
import io.parsecbackup.job.JobPhase;
import io.parsecbackup.repository.CheckRecords;
import io.parsecbackup.repository.Identity;
import io.parsecbackup.repository.Repository;
import io.parsecbackup.repository.Workspace;
import io.parsecbackup.repository.storage.RepositoryLocks;
import io.parsecbackup.repository.storage.RunId;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicBoolean;

/** Copies a repository to one place, under the exclusive lock of that place. */
final class TargetCopy {

  /** Free space that a copy leaves at its place. */
  private static final long MARGIN = 64L << 20;

  private final CopySource source;
  private final Repository target;
  private final CopyCounters counters;

  TargetCopy(CopySource source, Repository target, CopyCounters counters) {
    this.source = source;
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
    requireSameSource(identity);
    requireOtherPlace();
    requireSameBackups();
    try (RepositoryLocks.Held lock = target.lock("copy " + source.job());
        Cancellation.Hook watch = lock.cancelWhenLost(source.cancellation())) {
      target.bind(identity.source());
      target.deadRuns().clear();
      try (Workspace workspace = target.reserve(lock, source.job().instant())) {
        return copy(workspace, lock);
      }
    }
  }

  private boolean copy(Workspace workspace, RepositoryLocks.Held lock) throws IOException {
    AtomicBoolean recovered = new AtomicBoolean();
    target.deadRuns().recover(workspace, source.cancellation(), bytes -> recovered.set(true));
    DamagedCopies damaged = new DamagedCopies(target, workspace);
    CopyPlanner planner = new CopyPlanner(source, target, workspace);
    List<PlannedSegment> plan = planner.segments();
    PlannedObjects repairs = planner.repairs(damaged);
    requireSpace(plan, repairs);
    plan.forEach(segment -> counters.planned(segment.objects().count(), segment.objects().bytes()));
    counters.planned(repairs.count(), repairs.bytes());
    source.report().enter(JobPhase.OBJECTS, counters::progress);

    ObjectCopier objects = new ObjectCopier(source, target, workspace, damaged, counters);
    objects.copy(repairs);
    SegmentPublisher publisher = new SegmentPublisher(source, target, workspace, lock);
    boolean whole = planner.isWhole();
    for (PlannedSegment segment : plan) {
      source.cancellation().throwIfCancelled();
      Optional<StagedBackup> backup = publisher.stage(segment);
      objects.copy(segment.objects());
      damaged.note();
      whole &= publisher.publish(segment, backup);
      if (backup.isPresent()) {
        counters.published();
      }
      if (!recovered.get()) {
        workspace.emptyJournal();
      }
    }
    new AcceptedCopy(source, target, workspace).run();
    damaged.settle(source.cancellation());
    workspace.emptyJournal();
    if (whole) {
      // A segment that is still missing must not be hidden by a compaction of newer ones.
      planner.newest().ifPresent(id -> target.compactions().compactIfDue(new AsOf(workspace, id)));
    }
    return whole && !damaged.isAny();
  }

  private void requireSpace(List<PlannedSegment> plan, PlannedObjects repairs) throws IOException {
    long needed =
        repairs.bytes()
            + plan.stream().mapToLong(segment -> segment.objects().bytes()).sum()
            + MARGIN;
    OptionalLong free = target.storage().usableSpace();
    if (!plan.isEmpty() && free.isPresent() && free.getAsLong() < needed) {
      throw new Problem(
          Kind.SPACE,
          "not enough space for the copy at "
              + target.location()
              + ": "
              + (needed >> 20)
              + " MiB are needed and "
              + (free.getAsLong() >> 20)
              + " MiB are free. Free space there, then run 'copy' again");
    }
  }

  private void requireSameSource(Identity identity) throws IOException {
    Optional<Identity> other = target.identity();
    if (other.isPresent() && !other.get().source().matches(identity.source())) {
      throw new Problem(
          Kind.REPOSITORY,
          target.location()
              + " is not a copy of this repository: it is bound to "
              + other.get().source()
              + ", and the repository to "
              + identity.source()
              + ". Use another place for the copy; nothing was changed there");
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

  /** Compares the newest backup that both have. */
  private void requireSameBackups() throws IOException {
    List<RunId> copied = target.published().ids();
    for (RunId id : source.repository().published().ids().reversed()) {
      if (!copied.contains(id)) {
        continue;
      }
      Optional<ObjectNode> original = source.repository().published().document(id);
      Optional<ObjectNode> copy = target.published().document(id);
      if (original.isEmpty() || copy.isEmpty()) {
        // One of them is damaged, which says nothing.
        continue;
      }
      if (!original.equals(copy)) {
        throw new Problem(
            Kind.REPOSITORY,
            target.location()
                + " is not a copy of this repository: its backup "
                + id
                + " is another one. Use another place for the copy; nothing was changed there");
      }
      return;
    }
  }
}
