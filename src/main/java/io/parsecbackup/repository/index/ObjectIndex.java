package io.parsecbackup.repository.index;

import io.parsecbackup.repository.storage.Damage;
import io.parsecbackup.repository.storage.Documents;
import io.parsecbackup.repository.storage.Layout;
import io.parsecbackup.repository.storage.RunId;
import io.parsecbackup.repository.storage.Storage;
import io.parsecbackup.repository.storage.UnsafeFileException;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jboss.logging.Logger;

/**
 * The index of the objects in the repository: sorted segments that are never written again, one for
 * each backup. A damaged segment is skipped with a warning, so its objects are compared with the
 * source again. A compaction is read instead of all segments up to its id.
 */
public final class ObjectIndex {

  private static final Logger LOG = Logger.getLogger(ObjectIndex.class);

  private final Storage storage;
  private final Documents documents;
  private final PublishedSegments published;
  private final Segments segments;
  private final Compactions compactions;
  private final Removals removals;

  public ObjectIndex(Storage storage, PublishedSegments published, Compactions compactions) {
    this.storage = storage;
    this.documents = new Documents(storage);
    this.published = published;
    this.segments = new Segments(storage, published);
    this.compactions = compactions;
    this.removals = new Removals(storage);
  }

  /**
   * All records in key order. If several segments have a key, the newest one's record is used. If a
   * list of removed objects is damaged, all older records are left out, because their objects may
   * have been removed.
   *
   * @param newer sorted files, oldest first, whose records replace those of the segments
   * @param intermediate names a file that does not exist yet, for merging in steps
   */
  public RecordStream<IndexRecord> open(List<Path> newer, Supplier<Path> intermediate)
      throws IOException {
    Optional<Compactions.Compaction> merged = compactions.newest(id -> true);
    Optional<RunId> upTo = merged.map(Compactions.Compaction::id);
    Removals.Lists removed = removals.read(id -> isAfter(upTo, id));
    Optional<RunId> damaged = removed.newestDamaged();
    if (damaged.isPresent()) {
      LOG.warnf(
          "The list of removed objects %s is damaged, so older records of the index are not used:"
              + " their objects are fetched again",
          storage.locate(Layout.removal(damaged.get())));
    }
    List<Path> files =
        damaged.isPresent()
            ? files(
                Optional.empty(),
                segments.valid(id -> isAfter(damaged, id)),
                removed.valid().tailMap(damaged.get()))
            : files(
                merged.map(Compactions.Compaction::file),
                segments.valid(id -> isAfter(upTo, id)),
                removed.valid());
    files.addAll(newer);
    return withoutRemoved(RecordStream.mergeAny(IndexCodec.INSTANCE, files, intermediate));
  }

  /**
   * The objects as they were when backup {@code id} was taken, in key order: the records of the
   * segments up to it, the newest first in priority, without the objects that were removed later.
   * An object that was removed and is there again has the record with which it came back. If one of
   * these is damaged or missing, its records are taken, with the lowest priority, from a newer
   * compaction, from newer segments and from its own readable lines.
   *
   * @param intermediate names a file that does not exist yet, for merging in steps
   */
  public RecordStream<IndexRecord> asOf(RunId id, Supplier<Path> intermediate) throws IOException {
    return asOf(id, intermediate, new Skipping());
  }

  /**
   * As {@link #asOf}, for a compaction, which must name all objects and none that was removed.
   *
   * @throws IOException also when a segment that no backup has replaced, or a list of removed
   *     objects, cannot be read
   */
  RecordStream<IndexRecord> toCompact(RunId id, Supplier<Path> intermediate) throws IOException {
    return asOf(id, intermediate, new Requiring(id));
  }

  /** Reads segments and lists of removed objects. */
  private interface Reader {
    SortedMap<RunId, Path> segments(Predicate<RunId> ids) throws IOException;

    Removals.Lists removed(Predicate<RunId> ids) throws IOException;
  }

  /** Skips what it cannot read. */
  private final class Skipping implements Reader {
    @Override
    public SortedMap<RunId, Path> segments(Predicate<RunId> ids) throws IOException {
      return segments.valid(ids);
    }

    @Override
    public Removals.Lists removed(Predicate<RunId> ids) throws IOException {
      return removals.read(ids);
    }
  }

  /** Fails if it cannot read something. */
  private final class Requiring implements Reader {

    private final RunId upTo;

    Requiring(RunId upTo) {
      this.upTo = upTo;
    }

    @Override
    public SortedMap<RunId, Path> segments(Predicate<RunId> ids) throws IOException {
      return segments.all(ids, upTo);
    }

    @Override
    public Removals.Lists removed(Predicate<RunId> ids) throws IOException {
      return removals.readAll(ids);
    }
  }

  private RecordStream<IndexRecord> asOf(RunId id, Supplier<Path> intermediate, Reader reader)
      throws IOException {
    List<Path> upTo = merged(segment -> segment.compareTo(id) <= 0, reader);
    List<Path> oldestFirst = new ArrayList<>();
    List<RunId> damaged = damagedSegments(id);
    if (!damaged.isEmpty() || segments.isAnyReplacedLater(id)) {
      compactions
          .newest(newer -> newer.compareTo(id) > 0)
          .ifPresent(newer -> oldestFirst.add(newer.file()));
      oldestFirst.addAll(segments.valid(segment -> segment.compareTo(id) > 0).reversed().values());
    }
    for (RunId segment : damaged) {
      // Callers compare such a record with the object's bytes before they use it.
      oldestFirst.add(salvage(Layout.segment(segment), intermediate));
    }
    oldestFirst.addAll(upTo);
    Optional<Path> returned = returned(id, intermediate);
    returned.ifPresent(oldestFirst::add);
    RecordStream<IndexRecord> records =
        withoutRemoved(RecordStream.mergeAny(IndexCodec.INSTANCE, oldestFirst, intermediate));
    try {
      List<Path> later =
          List.copyOf(reader.removed(removal -> removal.compareTo(id) > 0).valid().values());
      return later.isEmpty()
          ? records
          : records.without(
              RecordStream.mergeAny(IndexCodec.INSTANCE, later, intermediate)
                  .without(RecordStream.merge(IndexCodec.INSTANCE, returned.stream().toList())));
    } catch (IOException | RuntimeException e) {
      records.close();
      throw e;
    }
  }

  /** The records of the objects that came back after {@code id} and were not removed again. */
  private Optional<Path> returned(RunId id, Supplier<Path> intermediate) throws IOException {
    Set<RunId> ids = removals.ids(any -> true).isEmpty() ? Set.of() : sealed();
    SortedMap<RunId, Path> files =
        segments.valid(later ->
            ids.contains(later) && later.compareTo(id) > 0 && isKind(later, Segment.RETURNED));
    if (files.isEmpty()) {
      return Optional.empty();
    }
    RunId first = files.firstKey();
    files.putAll(removals.valid(removal -> removal.compareTo(first) > 0));
    List<Path> all = List.copyOf(files.values());
    try (RecordStream<IndexRecord> records =
        withoutRemoved(RecordStream.mergeAny(IndexCodec.INSTANCE, all, intermediate))) {
      return Optional.of(Segment.write(records, intermediate.get()).file());
    }
  }

  private boolean isKind(RunId seal, String kind) {
    return documents
        .sealed(Layout.segmentSeal(seal))
        .filter(document -> document.path("kind").asText().equals(kind))
        .isPresent();
  }

  private static RecordStream<IndexRecord> withoutRemoved(RecordStream<IndexRecord> records) {
    return records.withoutLines(IndexCodec::isRemoved);
  }

  /** The newest damaged list of removed objects that no compaction replaces. */
  public Optional<RunId> damagedRemoval() throws IOException {
    Optional<RunId> merged = newest(id -> true);
    return removals.newestDamaged(id -> isAfter(merged, id));
  }

  /**
   * The damaged segments up to that of backup {@code id}, oldest first. Segments that are in a
   * compaction up to it, or that a backup up to it has replaced, are not checked.
   */
  public List<Damage> damage(RunId id) throws IOException {
    List<Damage> found = new ArrayList<>(damaged(id).values());
    Optional<RunId> merged = newest(up -> up.compareTo(id) <= 0);
    for (RunId removal : removals.ids(one -> one.compareTo(id) > 0 || isAfter(merged, one))) {
      removals.damageOf(removal).ifPresent(found::add);
    }
    return found;
  }

  /** Ids of the segments that {@link #damage} names. */
  public List<RunId> damagedSegments(RunId upTo) throws IOException {
    return List.copyOf(damaged(upTo).keySet());
  }

  /** Whether a backup up to {@code upTo} has replaced a segment, whatever is damaged now. */
  public boolean isMadeUpFor(RunId segment, RunId upTo) {
    return segments.isMadeUpFor(segment, upTo);
  }

  /** Whether a compaction up to {@code upTo} has the records of a segment. */
  public boolean isMerged(RunId segment, RunId upTo) throws IOException {
    return !isAfter(newest(id -> id.compareTo(upTo) <= 0), segment);
  }

  private SortedMap<RunId, Damage> damaged(RunId upTo) throws IOException {
    Optional<RunId> merged = newest(id -> id.compareTo(upTo) <= 0);
    return segments.damaged(upTo, id -> isAfter(merged, id));
  }

  /** The newest valid compaction among those whose id passes. */
  private Optional<RunId> newest(Predicate<RunId> ids) throws IOException {
    return compactions.newest(ids).map(Compactions.Compaction::id);
  }

  /**
   * Those of some records that a segment or the newest compaction has, with the same digest and
   * size. If a segment is damaged, these are all of them.
   *
   * @param records a file with records in key order
   * @param found where to sort the result
   */
  public RecordStream<IndexRecord> named(Path records, RecordSorter<IndexRecord> found)
      throws IOException {
    Optional<RunId> last = documents.ids(Layout.INDEX, ".tsv").stream().max(RunId::compareTo);
    if (last.isPresent() && !segments.damaged(last.get(), any -> true).isEmpty()) {
      return RecordStream.merge(IndexCodec.INSTANCE, List.of(records));
    }
    List<Path> files = new ArrayList<>(segments.valid(any -> true).values());
    compactions.newest(any -> true).ifPresent(merged -> files.add(merged.file()));
    for (Path file : files) {
      try (RecordStream<IndexRecord> wanted =
              RecordStream.merge(IndexCodec.INSTANCE, List.of(records));
          RecordStream<IndexRecord> index =
              RecordStream.merge(IndexCodec.INSTANCE, List.of(file))) {
        while (wanted.hasNext()) {
          IndexRecord record = wanted.next();
          if (index.take(record.key()).filter(record::hasBytesOf).isPresent()) {
            found.add(record);
          }
        }
      }
    }
    return found.sorted();
  }

  /** Whether no run has stored an object yet. */
  public boolean isEmpty() throws IOException {
    return documents.ids(Layout.INDEX, ".tsv").isEmpty();
  }

  /** Ids of the segments with a seal of their own: those of adopts and of pruned backups. */
  public Set<RunId> sealed() throws IOException {
    Set<RunId> sealed = new HashSet<>(documents.ids(Layout.INDEX, ".json"));
    sealed.removeAll(published.revoked());
    return sealed;
  }

  /** Whether files were adopted after run {@code id}. */
  public boolean wasAdoptedAfter(RunId id) throws IOException {
    return sealed().stream()
        .filter(seal -> seal.compareTo(id) > 0)
        .anyMatch(seal -> !isKind(seal, Segment.PRUNED));
  }

  /**
   * Sorts the valid lines of a damaged segment into a new file, empty if the segment is missing.
   */
  private Path salvage(String segment, Supplier<Path> intermediate) throws IOException {
    Path sorted = intermediate.get();
    Path folder = sorted.toAbsolutePath().getParent();
    if (folder == null) {
      throw new IllegalArgumentException(sorted + " has no folder");
    }
    RecordSorter<IndexRecord> records =
        new RecordSorter<>(IndexCodec.INSTANCE, folder, sorted.getFileName().toString());
    try {
      Journal.read(
          storage.local(segment, Optional.empty()),
          entry -> {
            if (ObjectKey.refusal(entry.key(), storage).isEmpty()) {
              records.add(entry);
            }
          });
    } catch (NoSuchFileException | UnsafeFileException e) {
      LOG.debugf("Cannot read a damaged segment: %s", e);
    }
    try (RecordStream<IndexRecord> stream = records.sorted()) {
      Segment.write(stream, sorted);
    }
    return sorted;
  }

  /**
   * The files to read for the segments whose ids pass, oldest first: the newest compaction among
   * them and the segments after it.
   *
   * @param ids passes all ids up to one of them
   */
  private List<Path> merged(Predicate<RunId> ids, Reader reader) throws IOException {
    Optional<Compactions.Compaction> merged = compactions.newest(ids);
    Optional<RunId> upTo = merged.map(Compactions.Compaction::id);
    Predicate<RunId> later = id -> ids.test(id) && isAfter(upTo, id);
    return files(
        merged.map(Compactions.Compaction::file),
        reader.segments(later),
        reader.removed(later).valid());
  }

  /** The compaction, and the segments and lists of removed objects, oldest first. */
  private static List<Path> files(
      Optional<Path> compaction, SortedMap<RunId, Path> segments, SortedMap<RunId, Path> removed) {
    SortedMap<RunId, Path> later = new TreeMap<>(segments);
    later.putAll(removed);
    return Stream.concat(compaction.stream(), later.values().stream())
        .collect(Collectors.toCollection(ArrayList::new));
  }

  private static boolean isAfter(Optional<RunId> compaction, RunId segment) {
    return compaction.isEmpty() || segment.compareTo(compaction.get()) > 0;
  }
}
