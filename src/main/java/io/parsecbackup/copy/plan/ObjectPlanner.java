package io.parsecbackup.copy.plan;

import io.parsecbackup.Cancellation;
import io.parsecbackup.repository.Workspace;
import io.parsecbackup.repository.index.Cursor;
import io.parsecbackup.repository.index.IndexCodec;
import io.parsecbackup.repository.index.IndexRecord;
import io.parsecbackup.repository.index.RecordCodec;
import io.parsecbackup.repository.index.RecordSorter;
import io.parsecbackup.repository.index.RecordStream;
import io.parsecbackup.repository.storage.RunId;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Finds the objects of all missing segments that a place does not have. It sorts their records by
 * key and compares them with the index of the place in one pass.
 */
public final class ObjectPlanner {

  private final Workspace workspace;
  private final Cancellation cancellation;
  private final Predicate<RunId> isNewest;
  private final RecordSorter<PlannedRecord> records;
  private final RecordSorter<PlannedRecord> missing;
  private boolean isAny;

  /**
   * @param isNewest whether a segment is newer than all that the place has. Bytes of an older
   *     backup must not replace those that a newer one has brought
   */
  public ObjectPlanner(Workspace workspace, Cancellation cancellation, Predicate<RunId> isNewest) {
    this.workspace = workspace;
    this.cancellation = cancellation;
    this.isNewest = isNewest;
    this.records = sorter(PlannedRecord.BY_OBJECT);
    this.missing = sorter(PlannedRecord.BY_SEGMENT);
  }

  private RecordSorter<PlannedRecord> sorter(RecordCodec<PlannedRecord> codec) {
    return new RecordSorter<>(
        codec, workspace.scratch(), String.valueOf(workspace.newFile().getFileName()));
  }

  /** Adds a segment, or a list of removed objects. */
  public void add(RunId id, Path file) throws IOException {
    try (RecordStream<IndexRecord> entries =
        RecordStream.merge(IndexCodec.INSTANCE, List.of(file))) {
      while (entries.hasNext()) {
        cancellation.throwIfCancelled();
        records.add(new PlannedRecord(id, false, entries.next()));
        isAny = true;
      }
    }
  }

  /** The objects to copy, for each added segment that has any. */
  public Map<RunId, PlannedObjects> plan(KnownObjects known) throws IOException {
    if (!isAny) {
      return Map.of();
    }
    try (RecordStream<PlannedRecord> all = records.sorted();
        RecordStream<IndexRecord> index = known.open()) {
      Cursor<IndexRecord> here = new Cursor<>(index, IndexRecord::key);
      List<PlannedRecord> sameKey = new ArrayList<>();
      while (all.hasNext()) {
        cancellation.throwIfCancelled();
        PlannedRecord next = all.next();
        if (!sameKey.isEmpty() && !key(sameKey.getFirst()).equals(key(next))) {
          decide(sameKey, here.take(key(sameKey.getFirst())));
          sameKey.clear();
        }
        sameKey.add(next);
      }
      decide(sameKey, here.take(key(sameKey.getFirst())));
    }
    return bySegment();
  }

  private static String key(PlannedRecord planned) {
    return planned.object().key();
  }

  /**
   * Decides what to copy of one key.
   *
   * @param all its records, oldest first
   * @param here what the place has
   */
  private void decide(List<PlannedRecord> all, Optional<IndexRecord> here) throws IOException {
    Optional<IndexRecord> held = here;
    for (int i = 0; i < all.size(); i++) {
      PlannedRecord planned = all.get(i);
      // What was removed later is not there to be copied.
      boolean isGone =
          here.isEmpty()
              && all.subList(i + 1, all.size()).stream()
                  .anyMatch(later -> later.object().removed());
      if (planned.object().removed() || isGone) {
        continue;
      }
      boolean replaces = held.isEmpty() || isNewest.test(planned.segment());
      if (held.isEmpty() || !planned.hasBytesOf(held.get())) {
        missing.add(replaces ? planned : planned.aside());
      }
      if (replaces) {
        held = Optional.of(planned.object());
      }
    }
  }

  private Map<RunId, PlannedObjects> bySegment() throws IOException {
    Map<RunId, PlannedObjects> plans = new HashMap<>();
    try (RecordStream<PlannedRecord> sorted = missing.sorted()) {
      Optional<PlannedRecord> next = next(sorted);
      while (next.isPresent()) {
        RunId segment = next.get().segment();
        try (PlannedObjects.Writer planned =
            new PlannedObjects.Writer(workspace.newFile(), workspace.newFile())) {
          while (next.isPresent() && next.get().segment().equals(segment)) {
            cancellation.throwIfCancelled();
            if (next.get().isAside()) {
              planned.aside(next.get().object());
            } else {
              planned.place(next.get().object());
            }
            next = next(sorted);
          }
          plans.put(segment, planned.finish());
        }
      }
    }
    return plans;
  }

  private static Optional<PlannedRecord> next(RecordStream<PlannedRecord> records) {
    return records.hasNext() ? Optional.of(records.next()) : Optional.empty();
  }
}
