package io.parsecbackup.copy;

import io.parsecbackup.copy.plan.KnownObjects;
import io.parsecbackup.copy.plan.ObjectPlanner;
import io.parsecbackup.repository.Repository;
import io.parsecbackup.repository.index.IndexCodec;
import io.parsecbackup.repository.index.IndexRecord;
import io.parsecbackup.repository.index.RecordSorter;
import io.parsecbackup.repository.index.RecordStream;
import io.parsecbackup.repository.index.Removals;
import io.parsecbackup.repository.storage.Damage;
import io.parsecbackup.repository.storage.RunId;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The removals of the original that a place takes over: of those objects that the place does not
 * have. An object that it has stays, because it may have backups that need it.
 */
final class CopiedRemovals {

  private final CopySource source;
  private final CopyPlace place;
  private final Removals originals;

  /** All that existed when the copy was planned. */
  private final Set<RunId> ids;

  /** Those that the place does not have. */
  private final SortedMap<RunId, Path> missing;

  private boolean isWhole = true;

  CopiedRemovals(CopySource source, CopyPlace place) throws IOException {
    this.source = source;
    this.place = place;
    this.originals = new Removals(source.repository().storage());
    this.ids = new TreeSet<>(originals.ids(any -> true));
    Set<RunId> there = new TreeSet<>(new Removals(place.repository().storage()).ids(any -> true));
    this.missing = new TreeMap<>();
    for (RunId id : ids) {
      if (!there.contains(id)) {
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

  /** Whether no list of the original is damaged. */
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
      try (RecordStream<IndexRecord> removed =
          RecordStream.merge(IndexCodec.INSTANCE, List.of(missing.get(id))).without(known.open())) {
        while (removed.hasNext()) {
          IndexRecord entry = removed.next();
          // A damaged index does not name everything that is there.
          if (isIndexWhole || place.repository().objects().size(entry.key()).isEmpty()) {
            gone.add(entry);
          }
        }
      }
      try (RecordStream<IndexRecord> records = gone.sorted()) {
        place.lock().requireHeld();
        place.repository().removedObjects().publish(id, records, place.workspace().newFile());
      }
    }
  }

  private boolean isIndexWhole(Repository repository) throws IOException {
    List<Damage> damage = repository.index().damage(place.workspace().id());
    return damage.isEmpty();
  }
}
