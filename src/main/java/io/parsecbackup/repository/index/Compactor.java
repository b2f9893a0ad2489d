package io.parsecbackup.repository.index;

import io.parsecbackup.repository.storage.Content;
import io.parsecbackup.repository.storage.Layout;
import io.parsecbackup.repository.storage.Leftovers;
import io.parsecbackup.repository.storage.NewFile;
import io.parsecbackup.repository.storage.RunId;
import io.parsecbackup.repository.storage.SealedJson;
import io.parsecbackup.repository.storage.Storage;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jboss.logging.Logger;

/**
 * Merges the segments of the index into a compaction. The segments stay: they belong to their
 * backups, and are read if a compaction is damaged.
 */
public final class Compactor {

  /** The kind of the file, as its seal names it. */
  private static final String KIND = "compaction";

  /** More segments mean too many open files and too many digests to check for each read. */
  private static final int MOST_SEGMENTS = 32;

  private static final Logger LOG = Logger.getLogger(Compactor.class);

  private final Storage storage;
  private final ObjectIndex index;
  private final Compactions compactions;

  public Compactor(Storage storage, ObjectIndex index, Compactions compactions) {
    this.storage = storage;
    this.index = index;
    this.compactions = compactions;
  }

  /**
   * Merges the whole index if it has more than 32 segments with records, unless one of them is
   * damaged and no backup has replaced it. A failure is only logged: the segments are still valid,
   * and a later run compacts them. Needs the lock.
   *
   * @param scratch of a run that is published
   */
  public void compactIfDue(ScratchFiles scratch) {
    try {
      compact(scratch, MOST_SEGMENTS);
    } catch (IOException | RuntimeException | Error e) {
      LOG.warnf("Cannot compact the index; a later run tries again: %s", e);
    }
  }

  void compact(ScratchFiles scratch, int most) throws IOException {
    RunId id = scratch.id();
    if (notMerged(id).size() <= most) {
      return;
    }
    List<RunId> damaged = index.damagedSegments(id);
    if (!damaged.isEmpty()) {
      LOG.warnf(
          "The index is not compacted, because these segments are damaged or missing: %s", damaged);
      return;
    }
    Optional<RunId> removal = index.damagedRemoval();
    if (removal.isPresent()) {
      LOG.warnf(
          "The index is not compacted, because this list of removed objects is damaged: %s",
          storage.locate(Layout.removal(removal.get())));
      return;
    }
    Segment merged;
    try (RecordStream<IndexRecord> records = index.toCompact(id, scratch::newFile)) {
      merged = Segment.write(records, scratch.file("compaction.tsv"));
    }
    publish(id, merged);
  }

  /** Writes the seal last and removes older compactions only after that. */
  private void publish(RunId id, Segment merged) throws IOException {
    storage.put(
        NewFile.replacing(Layout.compaction(id), Content.of(merged.file(), merged.sha256())));
    storage.put(
        NewFile.replacing(
            Layout.compactionSeal(id), Content.of(SealedJson.seal(merged.seal(id, KIND)))));
    removeOlder(id);
  }

  /**
   * Removes the compactions that the newest valid one replaces. Needs the lock.
   *
   * @return how many stay, because the storage refused to delete them
   */
  public long removeOlder() throws IOException {
    if (RunId.all(storage.children(Layout.INDEX), Layout.MERGED + ".tsv").size() < 2) {
      return 0;
    }
    Optional<Compactions.Compaction> newest = compactions.newest(id -> true);
    return newest.isEmpty() ? 0 : removeOlder(newest.get().id());
  }

  private long removeOlder(RunId newest) throws IOException {
    Leftovers leftovers = new Leftovers(storage);
    Set<RunId> refused = new TreeSet<>();
    List<String> names = storage.children(Layout.INDEX);
    for (String suffix : List.of(".tsv", ".json")) {
      for (RunId other : RunId.all(names, Layout.MERGED + suffix)) {
        if (!other.equals(newest)
            && !leftovers.delete(Layout.INDEX + "/" + other + Layout.MERGED + suffix)) {
          refused.add(other);
        }
      }
    }
    return refused.size();
  }

  /** The segments up to {@code upTo} that have records and are in no valid compaction. */
  private List<RunId> notMerged(RunId upTo) throws IOException {
    Optional<RunId> merged =
        compactions.newest(id -> id.compareTo(upTo) <= 0).map(Compactions.Compaction::id);
    return IndexFiles.of(storage).withRecords().stream()
        .filter(id -> id.compareTo(upTo) <= 0)
        .filter(id -> merged.filter(up -> id.compareTo(up) <= 0).isEmpty())
        .toList();
  }
}
