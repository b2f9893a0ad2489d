package io.parsecbackup.copy;

import io.parsecbackup.Problem;
import io.parsecbackup.Problem.Kind;
import io.parsecbackup.copy.plan.PlannedObjects;
import io.parsecbackup.copy.plan.PlannedSegment;
import io.parsecbackup.job.JobPhase;
import io.parsecbackup.repository.Repository;
import io.parsecbackup.repository.Workspace;
import io.parsecbackup.repository.index.ScratchFiles;
import io.parsecbackup.repository.storage.Damage;
import io.parsecbackup.repository.storage.RunId;
import io.parsecbackup.repository.storage.ServerCopies;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicBoolean;

/** The work at one place: repairs what is damaged there, and copies what is missing. */
final class CopyWork {

  /** Free space that a copy leaves at its place. */
  private static final long MARGIN = 64L << 20;

  private final CopySource source;
  private final CopyPlace place;
  private final Repository target;
  private final Workspace workspace;
  private final CopyCounters counters;
  private final AtomicBoolean recovered = new AtomicBoolean();

  /** The first id for the next segment with objects that this job copies again. */
  private RunId next;

  CopyWork(CopySource source, CopyPlace place, CopyCounters counters) {
    this.source = source;
    this.place = place;
    this.target = place.repository();
    this.workspace = place.workspace();
    this.counters = counters;
    this.next = workspace.id();
  }

  /**
   * Does all of it.
   *
   * @return whether everything was intact or repaired
   */
  boolean run() throws IOException {
    target.deadRuns().recover(workspace, source.cancellation(), bytes -> recovered.set(true));
    boolean whole = new FileRepair(source, place).run();
    DamagedCopies damaged = new DamagedCopies(target, workspace);
    LostObjects lost = new LostObjects(workspace);
    ObjectCopier objects =
        new ObjectCopier(
            source,
            place,
            damaged,
            lost,
            counters,
            new ServerCopies(source.repository().storage(), place.repository().storage()));
    CopyPlanner planner = new CopyPlanner(source, place);
    repair(planner, damaged, objects);
    while (!copy(planner, damaged, objects)) {
      counters.replan();
      workspace.recognize();
      planner = new CopyPlanner(source, place);
    }
    lost.close();
    whole &= planner.isWhole();
    whole &= new AcceptedCopy(source, target, workspace).run();
    damaged.settle(source.cancellation());
    workspace.emptyJournal();
    if (whole) {
      // A segment that is still missing must not be hidden by a compaction of newer ones.
      planner.newest().ifPresent(id -> target.compactions().compactIfDue(new AsOf(workspace, id)));
    }
    return whole && damaged.isEmpty();
  }

  private void repair(CopyPlanner planner, DamagedCopies damaged, ObjectCopier objects)
      throws IOException {
    PlannedObjects repairs = planner.repairs(damaged);
    for (String list : damaged.unread()) {
      source
          .report()
          .found(
              list,
              Damage.Kind.UNREADABLE.word(),
              "a list of damaged objects",
              "its objects are not repaired, because it cannot be read");
    }
    requireSpace(repairs.count() > 0, repairs.bytes());
    counters.planned(repairs.count(), repairs.bytes());
    source.report().enter(JobPhase.OBJECTS, counters::progress);
    objects.copy(repairs);
    objects.missLost();
    objects.missUnstored();
  }

  /**
   * Copies what is missing.
   *
   * @return false if a prune has removed objects at the source since this was planned
   */
  private boolean copy(CopyPlanner planner, DamagedCopies damaged, ObjectCopier objects)
      throws IOException {
    List<PlannedSegment> plan = planner.segments();
    requireSpace(!plan.isEmpty(), plan.stream().mapToLong(PlannedSegment::bytes).sum());
    plan.stream()
        .flatMap(segment -> segment.objects().stream())
        .forEach(missing -> counters.planned(missing.count(), missing.bytes()));
    planner.publishRemovals();
    moveTaken(planner, plan);
    PlannedObjects removed = planner.returned().plan(plan);
    if (removed.count() > 0 && !bring(planner, removed, removed.place(), damaged, objects)) {
      return false;
    }
    SegmentPublisher publisher = new SegmentPublisher(source, target, workspace, place.lock());
    WaitingBackups backups = new WaitingBackups(source, place, planner, publisher);
    List<PlannedSegment> waiting = new ArrayList<>();
    for (PlannedSegment segment : plan) {
      source.cancellation().throwIfCancelled();
      boolean waits = segment.isBackup() && !backups.isProven(segment);
      Optional<BackupStaging.Staged> backup = waits ? Optional.empty() : publisher.stage(segment);
      if (segment.objects().isPresent()) {
        objects.copy(segment.objects().get());
      }
      if (!isUpToDate(planner, objects)) {
        return false;
      }
      objects.missUnstored();
      damaged.note();
      boolean isDone = publisher.publish(segment, backup);
      if (waits) {
        waiting.add(segment);
      } else {
        planner.published(isDone);
      }
      if (backup.isPresent()) {
        counters.published();
      }
      if (!recovered.get()) {
        workspace.emptyJournal();
      }
    }
    return complete(backups, waiting, damaged, objects);
  }

  /**
   * Gives the segments that earlier copies have made other ids, if backups have theirs. What a
   * damaged one named is copied again with the backups that need it.
   */
  private void moveTaken(CopyPlanner planner, List<PlannedSegment> plan) throws IOException {
    List<Path> made = new ArrayList<>();
    for (RunId id : planner.taken()) {
      planner.returned().made(id).ifPresent(made::add);
    }
    if (!made.isEmpty()) {
      next = planner.returned().publish(made, next);
    }
    for (PlannedSegment segment : plan) {
      if (planner.taken().contains(segment.id())) {
        planner.returned().release(segment);
      }
    }
  }

  /** Copies what waiting backups need and no copied segment names, and publishes them. */
  private boolean complete(
      WaitingBackups backups, List<PlannedSegment> all, DamagedCopies damaged, ObjectCopier objects)
      throws IOException {
    List<PlannedSegment> waiting = backups.publish(all, false, counters);
    if (waiting.isEmpty()) {
      return true;
    }
    WaitingBackups.Found found = backups.objects(waiting);
    if (!bring(backups.planner(), found.objects(), found.named(), damaged, objects)) {
      return false;
    }
    backups.replaceGaps(waiting.getLast().id());
    backups.report(backups.publish(waiting, true, counters));
    return true;
  }

  /**
   * As {@link #copy}, for objects that no copied segment names, and that the index of the place
   * names from now on.
   *
   * @param named a file with their records, and with those of others that the place has
   */
  private boolean bring(
      CopyPlanner planner,
      PlannedObjects missing,
      Path named,
      DamagedCopies damaged,
      ObjectCopier objects)
      throws IOException {
    requireSpace(missing.count() > 0, missing.bytes());
    counters.planned(missing.count(), missing.bytes());
    objects.copy(missing);
    if (!isUpToDate(planner, objects)) {
      return false;
    }
    objects.missUnstored();
    damaged.note();
    if (Files.size(named) > 0) {
      next = planner.returned().publish(List.of(named), next);
    }
    return true;
  }

  /** Whether no prune has removed objects at the source; reports those that it has lost. */
  private boolean isUpToDate(CopyPlanner planner, ObjectCopier objects) throws IOException {
    if (objects.lost().isAny()) {
      if (planner.isOutdated()) {
        objects.lost().drain(removed -> {});
        return false;
      }
      objects.missLost();
    }
    return true;
  }

  private void requireSpace(boolean isAny, long bytes) throws IOException {
    OptionalLong free = target.storage().usableSpace();
    if (isAny && free.isPresent() && free.getAsLong() < bytes + MARGIN) {
      throw new Problem(
          Kind.SPACE,
          "not enough space for the copy at "
              + target.location()
              + ": "
              + ((bytes + MARGIN) >> 20)
              + " MiB are needed and "
              + (free.getAsLong() >> 20)
              + " MiB are free. Free space there, then run 'copy' again");
    }
  }

  /**
   * Scratch files of a compaction of the copied segments.
   *
   * @param id of the newest of them: later copies bring newer ones only
   */
  private record AsOf(ScratchFiles files, RunId id) implements ScratchFiles {

    @Override
    public Path file(String name) {
      return files.file(name);
    }

    @Override
    public Path newFile() {
      return files.newFile();
    }
  }
}
