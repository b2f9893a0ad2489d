package io.parsecbackup.repository;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.parsecbackup.repository.index.IndexCodec;
import io.parsecbackup.repository.index.IndexRecord;
import io.parsecbackup.repository.index.Journal;
import io.parsecbackup.repository.index.ObjectKey;
import io.parsecbackup.repository.index.RecordSorter;
import io.parsecbackup.repository.index.RecordStream;
import io.parsecbackup.repository.storage.Damage;
import io.parsecbackup.repository.storage.Layout;
import io.parsecbackup.repository.storage.PrivateFiles;
import io.parsecbackup.repository.storage.RunId;
import io.parsecbackup.repository.storage.Sha256;
import io.parsecbackup.repository.storage.UnsafeFileException;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jboss.logging.Logger;

/**
 * What the repository holds under {@code objects/}: sorted segments that are never written again,
 * one of each backup. A segment counts only if a published backup's checksums, or a seal of its
 * own, name its digest; a damaged one is left out with a warning, so that its objects are compared
 * with the source again. A compaction is read in the place of all segments up to its id.
 */
public final class ObjectIndex {

  private static final Logger LOG = Logger.getLogger(ObjectIndex.class);

  /**
   * Bytes of a segment that names nothing, as most are of a bucket in which little changes. Older
   * ones have a shorter header; one with a record is longer in any case.
   */
  static final long EMPTY = IndexCodec.HEADER.length() + 1L;

  private final Layout layout;
  private final PublishedBackups published;
  private final Compactions compactions;

  ObjectIndex(Layout layout, PublishedBackups published, Compactions compactions) {
    this.layout = layout;
    this.published = published;
    this.compactions = compactions;
  }

  /**
   * A segment as written: what it holds and the proof of it.
   *
   * @param records how many objects it names
   */
  public record Segment(Path file, String sha256, long records) {}

  /**
   * All records in key order; of a key that several segments hold, the youngest segment's.
   *
   * @param younger sorted files, oldest first; what they say of a key outranks the segments
   * @param intermediate gives the name of a file that is not there yet, for merging in steps
   */
  RecordStream<IndexRecord> open(List<Path> younger, Supplier<Path> intermediate)
      throws IOException {
    List<Path> files = merged(id -> true);
    files.addAll(younger);
    return RecordStream.mergeAny(IndexCodec.INSTANCE, files, intermediate);
  }

  /**
   * The objects as they were when backup {@code id} was taken, in key order: the segments up to it
   * say what they are, the youngest of them outranking the others. While one of these is damaged or
   * lost, a younger compaction and the segments after it stand in for what is lacking, and so do
   * those of its own lines that can be read; every other segment outranks these.
   *
   * @param intermediate gives the name of a file that is not there yet, for merging in steps
   */
  public RecordStream<IndexRecord> asOf(RunId id, Supplier<Path> intermediate) throws IOException {
    List<Path> upTo = merged(segment -> segment.compareTo(id) <= 0);
    List<Path> oldestFirst = new ArrayList<>();
    List<RunId> damaged = damagedSegments(id);
    if (!damaged.isEmpty()) {
      compactions
          .youngest(younger -> younger.compareTo(id) > 0)
          .ifPresent(younger -> oldestFirst.add(layout.compaction(younger)));
      oldestFirst.addAll(segments(segment -> segment.compareTo(id) > 0).reversed());
    }
    for (RunId segment : damaged) {
      // Whoever uses a record of it compares it with the object's bytes.
      oldestFirst.add(salvage(layout.segment(segment), intermediate));
    }
    oldestFirst.addAll(upTo);
    return RecordStream.mergeAny(IndexCodec.INSTANCE, oldestFirst, intermediate);
  }

  /**
   * What is wrong with the segments up to that of backup {@code id}, oldest first; less those that
   * a compaction up to it stands in for, or a backup up to it has made up for.
   */
  public List<Damage> damage(RunId id) throws IOException {
    List<Damage> found = new ArrayList<>();
    for (RunId segment : damagedSegments(id)) {
      damageOf(segment).ifPresent(found::add);
    }
    return found;
  }

  /** Ids of the segments that {@link #damage} names. */
  public List<RunId> damagedSegments(RunId upTo) throws IOException {
    List<RunId> damaged = new ArrayList<>();
    Optional<RunId> merged = compactions.youngest(id -> id.compareTo(upTo) <= 0);
    for (RunId older : publishers()) {
      if (older.compareTo(upTo) <= 0
          && isAfter(merged, older)
          && !isMadeUpFor(older, upTo)
          && damageOf(older).isPresent()) {
        damaged.add(older);
      }
    }
    return damaged;
  }

  /** Whether no run has ever put anything into it. */
  public boolean isEmpty() throws IOException {
    return layout.files().ids(layout.index(), ".tsv").isEmpty();
  }

  /** Whether files were taken over after run {@code id}. */
  public boolean wasAdoptedAfter(RunId id) throws IOException {
    return layout.files().ids(layout.index(), ".json").stream()
        .anyMatch(seal -> seal.compareTo(id) > 0);
  }

  private Optional<Damage> damageOf(RunId segment) throws IOException {
    Path file = layout.segment(segment);
    String name = layout.relative(file);
    Optional<String> named = digestNamedFor(segment);
    if (!layout.files().exists(file)) {
      return Optional.of(
          new Damage(name, Damage.Kind.LOST, named.orElse("a segment"), "no such file"));
    }
    if (named.isEmpty()) {
      return Optional.of(
          new Damage(
              name,
              Damage.Kind.UNREADABLE,
              "its digest, in SHA256SUMS or a seal",
              "which is damaged or lost"));
    }
    try {
      String digest = layout.files().sha256(file);
      return digest.equals(named.get())
          ? Optional.empty()
          : Optional.of(new Damage(name, Damage.Kind.DIGEST, named.get(), digest));
    } catch (IOException e) {
      return Optional.of(new Damage(name, Damage.Kind.UNREADABLE, named.get(), String.valueOf(e)));
    }
  }

  private boolean isMadeUpFor(RunId segment, RunId upTo) {
    return layout
        .files()
        .sealed(layout.madeUpFor(segment))
        .flatMap(document -> RunId.parse(document.path("by").asText()))
        .filter(by -> by.compareTo(upTo) <= 0)
        .isPresent();
  }

  /** Those lines of a damaged segment that are records, sorted; nothing where it is gone. */
  private Path salvage(Path segment, Supplier<Path> intermediate) throws IOException {
    Path sorted = intermediate.get();
    Path folder = sorted.toAbsolutePath().getParent();
    if (folder == null) {
      throw new IllegalArgumentException(sorted + " has no folder");
    }
    RecordSorter<IndexRecord> records =
        new RecordSorter<>(IndexCodec.INSTANCE, folder, sorted.getFileName().toString());
    try {
      Journal.read(
          layout.files().require(segment),
          entry -> {
            if (ObjectKey.refusal(entry.key()).isEmpty()) {
              records.add(entry);
            }
          });
    } catch (NoSuchFileException | UnsafeFileException e) {
      LOG.debugf("no line of a damaged segment can be read: %s", e);
    }
    try (RecordStream<IndexRecord> stream = records.sorted()) {
      write(stream, sorted);
    }
    return sorted;
  }

  /** Whoever has published a segment, oldest first. */
  private Iterable<RunId> publishers() throws IOException {
    TreeSet<RunId> ids = new TreeSet<>(published.ids());
    ids.addAll(layout.files().ids(layout.index(), ".json"));
    return ids;
  }

  /** Writes {@code records} as a segment into scratch; it counts once it is published. */
  static Segment write(RecordStream<IndexRecord> records, Path scratch) throws IOException {
    long count = 0;
    try (var writer = PrivateFiles.newWriter(scratch)) {
      writer.write(IndexCodec.HEADER);
      writer.write('\n');
      while (records.hasNext()) {
        writer.write(IndexCodec.INSTANCE.format(records.next()));
        writer.write('\n');
        count++;
      }
    }
    return new Segment(scratch, Sha256.of(scratch), count);
  }

  /** The seal of a segment that belongs to no backup. */
  static ObjectNode seal(RunId id, String kind, Segment segment) {
    ObjectNode seal = JsonNodeFactory.instance.objectNode();
    seal.put("id", id.text());
    seal.put("kind", kind);
    seal.put("records", segment.records());
    seal.put("sha256", segment.sha256());
    return seal;
  }

  /**
   * What the segments say whose ids pass, oldest first: the youngest compaction among them, and the
   * segments after it.
   *
   * @param ids lets all pass up to one of them
   */
  private List<Path> merged(Predicate<RunId> ids) throws IOException {
    Optional<RunId> merged = compactions.youngest(ids);
    List<Path> files = new ArrayList<>(merged.map(layout::compaction).stream().toList());
    files.addAll(segments(id -> ids.test(id) && isAfter(merged, id)));
    return files;
  }

  private static boolean isAfter(Optional<RunId> compaction, RunId segment) {
    return compaction.isEmpty() || segment.compareTo(compaction.get()) > 0;
  }

  /** The segments that count, oldest first, each with its digest checked. */
  private List<Path> segments(Predicate<RunId> ids) throws IOException {
    List<Path> segments = new ArrayList<>();
    for (RunId id : layout.files().ids(layout.index(), ".tsv")) {
      Path file = layout.segment(id);
      if (!ids.test(id) || layout.files().size(file) <= EMPTY) {
        continue;
      }
      Optional<String> named = digestNamedFor(id);
      if (named.isEmpty()) {
        LOG.warnf(
            "%s is proven by no backup: there is none, or its SHA256SUMS is damaged or lost. It is"
                + " left out, or each object that it names is compared with it",
            file);
      } else if (damageOf(id).isPresent()) {
        LOG.warnf(
            "%s is damaged: its bytes are not those that were published. It is left out, and the"
                + " objects it named are compared with the source again",
            file);
      } else {
        segments.add(file);
      }
    }
    return segments;
  }

  private Optional<String> digestNamedFor(RunId id) throws IOException {
    if (layout.files().exists(layout.segmentSeal(id))) {
      return layout
          .files()
          .sealed(layout.segmentSeal(id))
          .map(seal -> seal.path("sha256").asText());
    }
    return published
        .checksums(id)
        .flatMap(checksums -> checksums.of(layout.relative(layout.segment(id))));
  }
}
