package io.parsecbackup.copy;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.parsecbackup.Problem;
import io.parsecbackup.Problem.Kind;
import io.parsecbackup.copy.plan.KnownObjects;
import io.parsecbackup.copy.plan.NeededObjects;
import io.parsecbackup.copy.plan.PlannedObjects;
import io.parsecbackup.copy.plan.PlannedSegment;
import io.parsecbackup.repository.UnreferencedObjects;
import io.parsecbackup.repository.Workspace;
import io.parsecbackup.repository.index.ColumnCodec;
import io.parsecbackup.repository.index.Cursor;
import io.parsecbackup.repository.index.IndexCodec;
import io.parsecbackup.repository.index.IndexRecord;
import io.parsecbackup.repository.index.ObjectIndex;
import io.parsecbackup.repository.index.RecordStream;
import io.parsecbackup.repository.index.Removals;
import io.parsecbackup.repository.storage.Content;
import io.parsecbackup.repository.storage.Layout;
import io.parsecbackup.repository.storage.NewFile;
import io.parsecbackup.repository.storage.PrivateFiles;
import io.parsecbackup.repository.storage.RunId;
import io.parsecbackup.repository.storage.SealedJson;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Backups that may need objects which no segment of the place names, although it has the segments
 * of these backups: an older segment could not be copied, or a prune of the place has removed
 * objects. They are published if everything that they need is there, for example because a later
 * run has fetched it again.
 */
record WaitingBackups(
    CopySource source, CopyPlace place, CopyPlanner planner, SegmentPublisher publisher) {

  /**
   * Whether the place has everything that a backup refers to when its segment is copied. Otherwise
   * its publication waits until the other segments are copied.
   */
  boolean isProven(PlannedSegment segment) throws IOException {
    if (!planner.gaps().headSet(segment.id()).isEmpty()) {
      return false;
    }
    if (place.repository().removedObjects().after(UnreferencedObjects.NONE).isEmpty()) {
      return true;
    }
    try {
      Optional<Path> absent = needs().notThere(segment.id(), List.of(segment.file()));
      // If it cannot be known, everything that the place is known to have removed was copied again.
      return absent.isEmpty() ? !isRemovalDamaged() : Files.size(absent.get()) == 0;
    } catch (Problem e) {
      if (e.kind() != Kind.REPOSITORY) {
        throw e;
      }
      return false;
    }
  }

  /**
   * Publishes those that need nothing more.
   *
   * @param isBrought whether the place has all objects that {@link #objects} has found
   * @return the others
   */
  List<PlannedSegment> publish(
      List<PlannedSegment> waiting, boolean isBrought, CopyCounters counters) throws IOException {
    List<PlannedSegment> others = new ArrayList<>();
    for (PlannedSegment segment : waiting) {
      source.cancellation().throwIfCancelled();
      boolean isDamaged = false;
      boolean isReady = false;
      try {
        isReady = isReady(segment.id(), isBrought);
      } catch (Problem e) {
        if (e.kind() != Kind.REPOSITORY) {
          throw e;
        }
        isDamaged = true;
      }
      // Reports what is damaged.
      Optional<BackupStaging.Staged> backup =
          isReady || isDamaged ? publisher.stage(segment) : Optional.empty();
      if (isReady || (isDamaged && backup.isEmpty())) {
        planner.published(publisher.publish(segment.copied(), backup));
        backup.ifPresent(any -> counters.published());
      } else {
        others.add(segment);
      }
    }
    return others;
  }

  private boolean isReady(RunId id, boolean isBrought) throws IOException {
    Optional<Path> absent = needs().notThere(id, List.of());
    if (absent.isPresent()) {
      return Files.size(absent.get()) == 0;
    }
    if (isRemovalDamaged() && !isBrought) {
      return false;
    }
    // Without its list of references: if the original does not need those segments either.
    ObjectIndex index = source.repository().index();
    for (RunId gap : planner.knownGaps().headSet(id)) {
      if (!index.isMadeUpFor(gap, id) && !(isBrought && index.isMerged(gap, id))) {
        return false;
      }
    }
    return true;
  }

  /** Whether it cannot be known what the place has removed; reports it. */
  private boolean isRemovalDamaged() throws IOException {
    Optional<RunId> list = place.repository().index().damagedRemoval();
    if (list.isPresent()) {
      new Removals(place.repository().storage())
          .damageOf(list.get())
          .ifPresent(source.report()::found);
      planner.published(false);
    }
    return list.isPresent();
  }

  private NeededObjects needs() {
    return new NeededObjects(
        source.repository(),
        place.repository(),
        place.workspace(),
        source.encryption(),
        source.cancellation());
  }

  /**
   * What these backups need and the index of the original has.
   *
   * @param named a file with the records of all of them
   * @param objects those that the place does not have
   */
  record Found(Path named, PlannedObjects objects) {}

  /**
   * Finds it. If it cannot be known what a backup needs, this is all that the place does not have.
   */
  Found objects(List<PlannedSegment> waiting) throws IOException {
    Workspace workspace = place.workspace();
    List<Path> lists = new ArrayList<>();
    boolean isKnown = true;
    for (PlannedSegment segment : waiting) {
      Optional<Path> absent = notThere(segment.id());
      absent.ifPresent(lists::add);
      isKnown &= absent.isPresent();
    }
    Path named = workspace.newFile();
    try (PlannedObjects.Writer planned =
            new PlannedObjects.Writer(workspace.newFile(), workspace.newFile());
        BufferedWriter names = PrivateFiles.newWriter(named);
        RecordStream<IndexRecord> records =
            source.repository().index().open(List.of(), workspace::newFile);
        RecordStream<IndexRecord> known = new KnownObjects(workspace).open();
        RecordStream<String> needed =
            RecordStream.mergeAny(ColumnCodec.KEYS, lists, workspace::newFile)) {
      Cursor<IndexRecord> here = new Cursor<>(known, IndexRecord::key);
      while (records.hasNext()) {
        source.cancellation().throwIfCancelled();
        IndexRecord entry = records.next();
        Optional<IndexRecord> held = here.take(entry.key());
        boolean isNeeded = needed.take(entry.key()).isPresent();
        if (isNeeded || (!isKnown && held.isEmpty())) {
          names.write(IndexCodec.INSTANCE.format(held.orElse(entry)));
          names.write('\n');
          if (held.isEmpty()) {
            planned.place(entry);
          }
        }
      }
      return new Found(named, planned.finish());
    }
  }

  /** As {@link NeededObjects#notThere}; nothing for a backup that cannot be read now. */
  private Optional<Path> notThere(RunId id) throws IOException {
    try {
      return needs().notThere(id, List.of());
    } catch (Problem e) {
      if (e.kind() != Kind.REPOSITORY) {
        throw e;
      }
      return Optional.of(Files.createFile(place.workspace().newFile()));
    }
  }

  /**
   * Makes the index of the place look for the objects of the gaps in newer segments.
   *
   * @param newest of the waiting backups
   */
  void replaceGaps(RunId newest) throws IOException {
    RunId job = place.workspace().id();
    ObjectIndex index = place.repository().index();
    for (RunId gap : planner.gaps().headSet(newest)) {
      if (index.isMadeUpFor(gap, job) && !index.isMadeUpFor(gap, newest)) {
        // An earlier copy has done it.
        continue;
      }
      ObjectNode note = JsonNodeFactory.instance.objectNode();
      note.put("segment", gap.text());
      note.put("by", job.text());
      place.lock().requireHeld();
      place
          .repository()
          .storage()
          .put(NewFile.replacing(Layout.madeUpFor(gap), Content.of(SealedJson.seal(note))));
    }
  }

  /** Names those that wait for a later copy. */
  void report(List<PlannedSegment> waiting) {
    for (PlannedSegment segment : waiting) {
      source
          .report()
          .found(
              Layout.backup(segment.id()),
              "unreadable",
              "a backup whose objects are all at " + place.repository().location(),
              planner.gaps().headSet(segment.id()).isEmpty()
                  ? "objects of it are not there, or its lists cannot be read, so it waits for a"
                      + " later copy"
                  : Layout.segment(planner.gaps().headSet(segment.id()).last())
                      + " is not there, so it waits for a later copy");
      planner.published(false);
    }
  }
}
