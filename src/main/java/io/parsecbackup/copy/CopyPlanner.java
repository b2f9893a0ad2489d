package io.parsecbackup.copy;

import io.parsecbackup.copy.plan.KnownObjects;
import io.parsecbackup.copy.plan.ObjectPlanner;
import io.parsecbackup.copy.plan.PlannedObjects;
import io.parsecbackup.copy.plan.PlannedSegment;
import io.parsecbackup.repository.Repository;
import io.parsecbackup.repository.storage.Damage;
import io.parsecbackup.repository.storage.DigestMismatchException;
import io.parsecbackup.repository.storage.Documents;
import io.parsecbackup.repository.storage.Layout;
import io.parsecbackup.repository.storage.RemoteStorageException;
import io.parsecbackup.repository.storage.RunId;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Finds what a place does not have. It compares names and index segments, so its cost follows what
 * has changed: it lists no objects and reads no segment that the place has.
 */
final class CopyPlanner {

  /** How records call the states of runs that have published a backup. */
  private static final Set<String> PUBLISHED = Set.of("complete", "incomplete");

  private final CopySource source;
  private final Repository original;
  private final CopyPlace place;
  private final KnownObjects known;
  private final CopiedRemovals removals;

  /** The segments of the original, and those that the place has. */
  private final SortedSet<RunId> segments;

  private final SortedSet<RunId> there;

  /** The segments that the place does not get now, although backups may need their objects. */
  private final SortedSet<RunId> gaps = new TreeSet<>();

  /** The segments of the place whose ids backups of the original have: see {@link #taken}. */
  private final SortedSet<RunId> taken = new TreeSet<>();

  private boolean whole = true;

  CopyPlanner(CopySource source, CopyPlace place) throws IOException {
    this.source = source;
    this.original = source.repository();
    this.place = place;
    this.known = new KnownObjects(place.workspace());
    this.segments = published(original);
    this.there = published(place.repository());
    // After the segments: what a later prune removes, it removes from all of them.
    this.removals = new CopiedRemovals(source, place);
  }

  /** The ids of the segments of a repository: those of its backups, and those with a seal. */
  static SortedSet<RunId> published(Repository repository) throws IOException {
    SortedSet<RunId> ids = new TreeSet<>(repository.published().ids());
    ids.addAll(repository.index().sealed());
    return ids;
  }

  /** The removals to take over before a segment is published. */
  void publishRemovals() throws IOException {
    removals.publish(known);
  }

  /** What the place has removed by rules of its own and these segments need. */
  ReturnedObjects returned() {
    return new ReturnedObjects(source, place, known, segments);
  }

  /** Whether a prune has removed objects at the original since this was planned. */
  boolean isOutdated() throws IOException {
    return removals.isOutdated();
  }

  /** The segments to copy, oldest first. */
  List<PlannedSegment> segments() throws IOException {
    List<RunId> backups = original.published().ids();
    List<RunId> copied = place.repository().published().ids();
    ObjectPlanner objects =
        new ObjectPlanner(
            place.workspace(),
            source.cancellation(),
            id -> there.isEmpty() || there.last().compareTo(id) < 0);
    List<PlannedSegment> chosen = new ArrayList<>();
    addLostBackups();
    for (RunId id : segments) {
      boolean isBackup = backups.contains(id);
      SegmentSeals.Use sealed =
          isBackup && !copied.contains(id) ? sealed(id) : SegmentSeals.Use.OTHER;
      boolean isTaken = sealed == SegmentSeals.Use.TAKEN;
      boolean isThere = there.contains(id) && !isTaken;
      if (!isThere || sealed == SegmentSeals.Use.WAITS) {
        source.cancellation().throwIfCancelled();
        Optional<PlannedSegment> segment = segment(id, isBackup, isThere);
        if (segment.isPresent()) {
          chosen.add(segment.get());
          if (isTaken) {
            taken.add(id);
          }
          if (!isThere) {
            objects.add(id, segment.get().file());
          }
        }
      }
    }
    if (!chosen.isEmpty()) {
      removals.addTo(objects, chosen.getFirst().id());
    }
    Map<RunId, PlannedObjects> plans = objects.plan(known);
    return chosen.stream()
        .map(segment -> segment.with(Optional.ofNullable(plans.get(segment.id()))))
        .toList();
  }

  /** The segments of backups that have lost their documents: nothing else names them. */
  private void addLostBackups() throws IOException {
    Documents documents = new Documents(original.storage());
    for (RunId id : documents.ids(Layout.INDEX, ".tsv")) {
      if (!segments.contains(id)
          && !there.contains(id)
          && original
              .runs()
              .read(id)
              .filter(run -> PUBLISHED.contains(run.path("state").asText()))
              .isPresent()) {
        gaps.add(id);
      }
    }
  }

  /**
   * The segments that the place does not get now, although later backups may need their objects.
   */
  SortedSet<RunId> gaps() {
    return gaps;
  }

  /** Those of them that the index of the original knows. */
  SortedSet<RunId> knownGaps() {
    SortedSet<RunId> known = new TreeSet<>(gaps);
    known.retainAll(segments);
    return known;
  }

  private SegmentSeals.Use sealed(RunId id) {
    try {
      return there.contains(id)
          ? SegmentSeals.of(place.repository()).use(id)
          : SegmentSeals.Use.OTHER;
    } catch (IOException e) {
      source
          .report()
          .found(
              Layout.segmentSeal(id),
              Damage.Kind.UNREADABLE.word(),
              "a seal that can be read at " + place.repository().location(),
              e.toString());
      whole = false;
      return SegmentSeals.Use.OTHER;
    }
  }

  /**
   * The segments of the place whose ids backups of the original have, and that are not theirs. The
   * place made them itself, because a clock was wrong, so they need other ids. Or their seals are
   * damaged, so they are copied again.
   */
  SortedSet<RunId> taken() {
    return taken;
  }

  /** Whether everything that the place does not have can be copied. */
  boolean isWhole() {
    return whole && removals.isWhole();
  }

  /**
   * Notes that a segment was published.
   *
   * @param isWhole whether nothing is left for a later copy
   */
  void published(boolean isWhole) {
    whole &= isWhole;
  }

  /** The newest segment of the original. */
  Optional<RunId> newest() {
    return segments.isEmpty() ? Optional.empty() : Optional.of(segments.last());
  }

  private Optional<PlannedSegment> segment(RunId id, boolean isBackup, boolean isThere)
      throws IOException {
    String name = Layout.segment(id);
    // A backup that was removed a moment ago has left a seal.
    Optional<String> digest =
        original.published().segmentDigest(id).or(() -> SegmentSeals.of(original).digest(id));
    if (!isThere) {
      gaps.add(id);
    }
    try {
      if (digest.isEmpty()) {
        return skip(id, isBackup, name, Damage.Kind.UNREADABLE, "no valid digest");
      }
      Path file = original.storage().local(name, digest);
      gaps.remove(id);
      return Optional.of(
          new PlannedSegment(id, isBackup, isThere, file, digest.get(), Optional.empty()));
    } catch (DigestMismatchException e) {
      return skip(id, isBackup, name, Damage.Kind.DIGEST, e.found());
    } catch (NoSuchFileException e) {
      return skip(id, isBackup, name, Damage.Kind.LOST, "no such file");
    } catch (RemoteStorageException e) {
      source.requireAnswer();
      return skip(id, isBackup, name, Damage.Kind.UNREADABLE, String.valueOf(e.getMessage()));
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

  /** The damaged objects of the place that are to be copied again. */
  PlannedObjects repairs(DamagedCopies damaged) throws IOException {
    return damaged.repairs(known, source.cancellation());
  }
}
