package io.parsecbackup.repository;

import io.parsecbackup.repository.index.IndexRecord;
import io.parsecbackup.repository.index.RecordStream;
import io.parsecbackup.repository.storage.Layout;
import io.parsecbackup.repository.storage.RunId;
import io.parsecbackup.repository.storage.SealedJson;
import io.parsecbackup.repository.storage.StableStorage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import org.jboss.logging.Logger;

/**
 * Many segments of the index, merged into one file that is read in their place. The segments stay:
 * they belong to their backups, and serve where a compaction is damaged.
 */
public final class Compactions {

  /** What made the file, in its seal. */
  static final String KIND = "compaction";

  /** Small ones are many files to open, and many digests to check, at every reading. */
  private static final int MOST_SEGMENTS = 32;

  private static final Logger LOG = Logger.getLogger(Compactions.class);

  private final Repository repository;
  private final Layout layout;

  /** Read once in the life of a repository's object, which is that of a run. */
  private final Set<RunId> whole = ConcurrentHashMap.newKeySet();

  Compactions(Repository repository) {
    this.repository = repository;
    this.layout = repository.layout();
  }

  /**
   * Merges the whole index where more than 32 segments that name anything have come together, but
   * not while one is damaged that no backup has made up for. A failure is logged and no more: the
   * segments serve as before, and a later run compacts them. Needs the lock.
   *
   * @param workspace of a run that is published
   */
  public void compactIfDue(Workspace workspace) {
    try {
      compact(workspace, MOST_SEGMENTS);
    } catch (IOException | RuntimeException e) {
      LOG.warnf("the index could not be compacted, a later run does it: %s", e);
    }
  }

  void compact(Workspace workspace, int most) throws IOException {
    RunId id = workspace.id();
    if (notMerged(id).size() <= most) {
      return;
    }
    List<RunId> damaged = repository.index().damagedSegments(id);
    if (!damaged.isEmpty()) {
      LOG.warnf("the index is not compacted: its segments %s are damaged or lost", damaged);
      return;
    }
    ObjectIndex.Segment merged;
    try (RecordStream<IndexRecord> records = repository.index().asOf(id, workspace::newFile)) {
      merged = ObjectIndex.write(records, workspace.file("compaction.tsv"));
    }
    publish(id, merged, workspace.file("compaction.json"));
  }

  /** The youngest that is whole, of those whose id passes; it stands in for all up to its id. */
  Optional<RunId> youngest(Predicate<RunId> ids) throws IOException {
    for (RunId id : layout.files().ids(layout.index(), Layout.MERGED + ".tsv").reversed()) {
      if (ids.test(id) && (whole.contains(id) || isWhole(id))) {
        whole.add(id);
        return Optional.of(id);
      }
    }
    return Optional.empty();
  }

  private boolean isWhole(RunId id) {
    Path file = layout.compaction(id);
    try {
      Optional<String> named =
          layout
              .files()
              .sealed(layout.compactionSeal(id))
              .filter(document -> document.path("id").asText().equals(id.text()))
              .map(document -> document.path("sha256").asText());
      if (named.equals(Optional.of(layout.files().sha256(file)))) {
        return true;
      }
      LOG.warnf(
          "%s is damaged, or was not finished: its digest is not the one that its seal names. It is"
              + " left out, and the segments it was made of are read",
          file);
    } catch (IOException e) {
      LOG.warnf("%s cannot be read, the segments it was made of are: %s", file, e);
    }
    return false;
  }

  /** The seal last; only then are older ones removed. */
  private void publish(RunId id, ObjectIndex.Segment merged, Path unnamedSeal) throws IOException {
    StableStorage storage = repository.storage();
    storage.flush(merged.file());
    storage.rename(merged.file(), layout.compaction(id));
    storage.publish(
        unnamedSeal,
        layout.compactionSeal(id),
        SealedJson.seal(ObjectIndex.seal(id, KIND, merged)));
    Set<RunId> others = new TreeSet<>(layout.files().ids(layout.index(), Layout.MERGED + ".tsv"));
    others.addAll(layout.files().ids(layout.index(), Layout.MERGED + ".json"));
    others.remove(id);
    for (RunId other : others) {
      layout.files().deleteIfExists(layout.compaction(other));
      layout.files().deleteIfExists(layout.compactionSeal(other));
    }
  }

  /** The segments up to {@code upTo} that name anything and that no compaction stands in for. */
  private List<RunId> notMerged(RunId upTo) throws IOException {
    Optional<RunId> merged = youngest(id -> id.compareTo(upTo) <= 0);
    List<RunId> segments = new ArrayList<>();
    for (RunId id : layout.files().ids(layout.index(), ".tsv")) {
      if (id.compareTo(upTo) <= 0
          && merged.filter(up -> id.compareTo(up) <= 0).isEmpty()
          && layout.files().size(layout.segment(id)) > ObjectIndex.EMPTY) {
        segments.add(id);
      }
    }
    return segments;
  }
}
