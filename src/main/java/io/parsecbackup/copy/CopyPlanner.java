package io.parsecbackup.copy;

import io.parsecbackup.repository.Repository;
import io.parsecbackup.repository.Workspace;
import io.parsecbackup.repository.index.Cursor;
import io.parsecbackup.repository.index.IndexCodec;
import io.parsecbackup.repository.index.IndexRecord;
import io.parsecbackup.repository.index.RecordStream;
import io.parsecbackup.repository.storage.Damage;
import io.parsecbackup.repository.storage.DigestMismatchException;
import io.parsecbackup.repository.storage.Layout;
import io.parsecbackup.repository.storage.RunId;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Finds what a place does not have. It compares names and index segments, so its cost follows what
 * has changed: it lists no objects and reads no segment that the place has.
 */
final class CopyPlanner {

  private final CopySource source;
  private final Repository original;
  private final Repository target;
  private final Workspace workspace;
  private final KnownObjects known;

  /** The segments of the original, and those that the place has. */
  private final SortedSet<RunId> segments;

  private final SortedSet<RunId> there;
  private boolean whole = true;

  CopyPlanner(CopySource source, Repository target, Workspace workspace) throws IOException {
    this.source = source;
    this.original = source.repository();
    this.target = target;
    this.workspace = workspace;
    this.known = new KnownObjects(workspace);
    this.segments = published(original);
    this.there = published(target);
  }

  private static SortedSet<RunId> published(Repository repository) throws IOException {
    SortedSet<RunId> ids = new TreeSet<>(repository.published().ids());
    ids.addAll(SegmentSeals.of(repository).ids());
    return ids;
  }

  /** The segments to copy, oldest first. */
  List<PlannedSegment> segments() throws IOException {
    List<RunId> backups = original.published().ids();
    List<RunId> copied = target.published().ids();
    List<PlannedSegment> plan = new ArrayList<>();
    for (RunId id : segments) {
      boolean isBackup = backups.contains(id);
      boolean isThere = there.contains(id);
      if (isThere
          && !(isBackup && !copied.contains(id) && SegmentSeals.of(target).isWithoutBackup(id))) {
        continue;
      }
      source.cancellation().throwIfCancelled();
      Optional<PlannedSegment> segment = plan(id, isBackup, isThere);
      segment.ifPresent(plan::add);
    }
    return plan;
  }

  /** Whether every segment that the place does not have can be copied. */
  boolean isWhole() {
    return whole;
  }

  /** The newest segment of the original. */
  Optional<RunId> newest() {
    return segments.isEmpty() ? Optional.empty() : Optional.of(segments.last());
  }

  private Optional<PlannedSegment> plan(RunId id, boolean isBackup, boolean isThere)
      throws IOException {
    String name = Layout.segment(id);
    Optional<String> digest =
        isBackup ? original.published().segmentDigest(id) : SegmentSeals.of(original).digest(id);
    try {
      if (digest.isEmpty()) {
        return skip(id, isBackup, name, Damage.Kind.UNREADABLE, "no valid digest");
      }
      Path file = original.storage().local(name, digest);
      return Optional.of(
          new PlannedSegment(
              id, isBackup, isThere, file, digest.get(), objects(id, file, isThere)));
    } catch (DigestMismatchException e) {
      return skip(id, isBackup, name, Damage.Kind.DIGEST, e.found());
    } catch (NoSuchFileException e) {
      return skip(id, isBackup, name, Damage.Kind.LOST, "no such file");
    }
  }

  /** A damaged segment waits until it is intact. One that a prune has just removed is forgotten. */
  private Optional<PlannedSegment> skip(
      RunId id, boolean isBackup, String name, Damage.Kind kind, String found) throws IOException {
    boolean isStillPublished =
        isBackup ? original.published().isPublished(id) : SegmentSeals.of(original).exists(id);
    if (isStillPublished) {
      source.report().found(name, kind.word(), "an index segment with the published digest", found);
      whole = false;
    }
    return Optional.empty();
  }

  private PlannedObjects objects(RunId id, Path segment, boolean isThere) throws IOException {
    try (PlannedObjects.Writer planned =
        new PlannedObjects.Writer(workspace.newFile(), workspace.newFile())) {
      if (!isThere) {
        // Bytes of an older backup must not replace those that a newer one has brought.
        boolean isNewest = there.isEmpty() || there.last().compareTo(id) < 0;
        try (RecordStream<IndexRecord> entries =
                RecordStream.merge(IndexCodec.INSTANCE, List.of(segment));
            RecordStream<IndexRecord> records = known.open()) {
          Cursor<IndexRecord> here = new Cursor<>(records, IndexRecord::key);
          while (entries.hasNext()) {
            source.cancellation().throwIfCancelled();
            IndexRecord entry = entries.next();
            Optional<IndexRecord> same = here.take(entry.key());
            if (same.isEmpty() || (isNewest && !hasBytes(same.get(), entry))) {
              planned.place(entry);
            } else if (!hasBytes(same.get(), entry)) {
              planned.aside(entry);
            }
          }
        }
        known.add(segment, isNewest);
      }
      return planned.finish();
    }
  }

  private static boolean hasBytes(IndexRecord here, IndexRecord entry) {
    return here.sha256().equals(entry.sha256()) && here.size() == entry.size();
  }

  /** The damaged objects of the place that are to be copied again. */
  PlannedObjects repairs(DamagedCopies damaged) throws IOException {
    try (PlannedObjects.Writer planned =
        new PlannedObjects.Writer(workspace.newFile(), workspace.newFile())) {
      if (damaged.isListed()) {
        try (RecordStream<IndexRecord> listed = damaged.listed();
            RecordStream<IndexRecord> records = known.open()) {
          Cursor<IndexRecord> here = new Cursor<>(records, IndexRecord::key);
          while (listed.hasNext()) {
            source.cancellation().throwIfCancelled();
            IndexRecord entry = listed.next();
            Optional<IndexRecord> newest = here.take(entry.key());
            if (target.objectProof().read(entry).isEmpty()) {
              continue;
            }
            if (newest.isEmpty() || hasBytes(newest.get(), entry)) {
              planned.place(entry);
            } else {
              planned.aside(entry);
            }
          }
        }
      }
      return planned.finish();
    }
  }
}
