package io.parsecbackup.copy;

import io.parsecbackup.copy.plan.KnownObjects;
import io.parsecbackup.copy.plan.ObjectPlanner;
import io.parsecbackup.repository.CheckRecords;
import io.parsecbackup.repository.Repository;
import io.parsecbackup.repository.index.IndexCodec;
import io.parsecbackup.repository.index.IndexRecord;
import io.parsecbackup.repository.index.RecordSorter;
import io.parsecbackup.repository.index.RecordStream;
import io.parsecbackup.repository.index.Removals;
import io.parsecbackup.repository.index.Segment;
import io.parsecbackup.repository.storage.Damage;
import io.parsecbackup.repository.storage.Documents;
import io.parsecbackup.repository.storage.Layout;
import io.parsecbackup.repository.storage.RunId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * The removals of the original that a place takes over: of those objects that the place does not
 * have. An object that it has stays, because it may have backups that need it.
 */
final class CopiedRemovals {

  private static final String PRUNE = "prune";

  private final CopySource source;
  private final CopyPlace place;
  private final Removals originals;

  /** All that existed when the copy was planned. */
  private final Set<RunId> ids;

  /** Those that the place does not have, or not all of them. */
  private final SortedMap<RunId, Path> missing;

  /** The prunes of the place, of which one may have the id of a prune of the original. */
  private final Set<RunId> own;

  private boolean isWhole = true;

  CopiedRemovals(CopySource source, CopyPlace place) throws IOException {
    this.source = source;
    this.place = place;
    this.originals = new Removals(source.repository().storage());
    this.ids = new TreeSet<>(originals.ids(any -> true));
    Set<RunId> there = new TreeSet<>(new Removals(place.repository().storage()).ids(any -> true));
    this.missing = new TreeMap<>();
    this.own =
        place.repository().checks().names().stream()
            .filter(job -> job.kind().equals(PRUNE))
            .map(CheckRecords.Name::id)
            .filter(there::contains)
            .collect(Collectors.toSet());
    for (RunId id : ids) {
      if (!there.contains(id) || own.contains(id)) {
        read(id).ifPresent(list -> missing.put(id, list));
      }
    }
  }

  private Optional<Path> read(RunId id) throws IOException {
    Optional<Path> list = Optional.ofNullable(originals.valid(id::equals).get(id));
    if (list.isEmpty()) {
      originals.damageOf(id).ifPresent(damage -> source.report().found(damage));
      isWhole = false;
    }
    return list;
  }

  /** Whether no list that is needed is damaged. */
  boolean isWhole() {
    return isWhole;
  }

  /** Adds the removals after a segment to a plan. */
  void addTo(ObjectPlanner planner, RunId after) throws IOException {
    SortedMap<RunId, Path> later = originals.valid(id -> id.compareTo(after) > 0);
    for (RunId id : later.keySet()) {
      planner.add(id, later.get(id));
    }
  }

  /** Whether a prune has removed objects at the original since this was read. */
  boolean isOutdated() throws IOException {
    return !originals.ids(id -> !ids.contains(id)).isEmpty();
  }

  /** Publishes them at the place. */
  void publish(KnownObjects known) throws IOException {
    if (missing.isEmpty()) {
      return;
    }
    boolean isIndexWhole = isIndexWhole(place.repository());
    for (RunId id : missing.keySet()) {
      source.cancellation().throwIfCancelled();
      RecordSorter<IndexRecord> gone =
          new RecordSorter<>(
              IndexCodec.INSTANCE, place.workspace().scratch(), "removed-" + id.text());
      try (RecordStream<IndexRecord> all =
          RecordStream.merge(IndexCodec.INSTANCE, List.of(missing.get(id))).without(known.open())) {
        while (all.hasNext()) {
          IndexRecord entry = all.next();
          // A damaged index does not name everything that is there.
          if (isIndexWhole || place.repository().objects().size(entry.key()).isEmpty()) {
            gone.add(entry);
          }
        }
      }
      Segment removed;
      try (RecordStream<IndexRecord> records = gone.sorted()) {
        removed = Segment.write(records, place.workspace().newFile());
      }
      if (own.contains(id)) {
        publishBeside(id, removed.file());
      } else {
        publish(id, removed.file());
      }
    }
  }

  /**
   * Publishes removals beside those of a prune of the place with the same id. That list stays as it
   * is: if a new one were cut off, nobody would know what the place has removed.
   */
  private void publishBeside(RunId id, Path removed) throws IOException {
    Removals there = new Removals(place.repository().storage());
    Optional<Damage> damage = there.damageOf(id);
    if (damage.isPresent()) {
      source.report().found(damage.get());
      isWhole = false;
    }
    // A later id could be that of a later backup. The objects are older by at least two backups.
    RunId free = before(id);
    while (isUsed(free)) {
      free = before(free);
    }
    RunId unused = free;
    List<Path> known = List.copyOf(there.valid(one -> one.compareTo(unused) > 0).values());
    Segment others;
    try (RecordStream<IndexRecord> records =
        RecordStream.merge(IndexCodec.INSTANCE, List.of(removed))
            .without(
                RecordStream.mergeAny(IndexCodec.INSTANCE, known, place.workspace()::newFile))) {
      others = Segment.write(records, place.workspace().newFile());
    }
    if (Files.size(others.file()) > 0) {
      publish(unused, others.file());
    }
  }

  private static RunId before(RunId id) {
    return RunId.at(id.instant().minusSeconds(1));
  }

  private boolean isUsed(RunId id) throws IOException {
    Documents there = new Documents(place.repository().storage());
    return ids.contains(id)
        || place.workspace().id().equals(id)
        || source.repository().index().sealed().contains(id)
        || source.repository().published().isPublished(id)
        || there.exists(Layout.segment(id))
        || there.exists(Layout.segmentSeal(id))
        || there.exists(Layout.removal(id))
        || there.exists(Layout.removalSeal(id));
  }

  private void publish(RunId id, Path list) throws IOException {
    try (RecordStream<IndexRecord> records =
        RecordStream.merge(IndexCodec.INSTANCE, List.of(list))) {
      place.lock().requireHeld();
      place.repository().removedObjects().publish(id, records, place.workspace().newFile());
    }
  }

  private boolean isIndexWhole(Repository repository) throws IOException {
    List<Damage> damage = repository.index().damage(place.workspace().id());
    return damage.isEmpty();
  }
}
