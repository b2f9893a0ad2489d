package io.parsecbackup.repository;

import io.parsecbackup.Cancellation;
import io.parsecbackup.repository.index.Cursor;
import io.parsecbackup.repository.index.IndexCodec;
import io.parsecbackup.repository.index.IndexRecord;
import io.parsecbackup.repository.index.Journal;
import io.parsecbackup.repository.index.ObjectKey;
import io.parsecbackup.repository.index.RecordSorter;
import io.parsecbackup.repository.index.RecordStream;
import io.parsecbackup.repository.storage.Layout;
import io.parsecbackup.repository.storage.RunId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jboss.logging.Logger;

/**
 * Runs that ended without a publish: killed, failed, cancelled. Under the lock every folder in
 * {@code tmp/} but one's own is such a run's. What they copied is used again, but only after each
 * object was read back and matched its journal: a file that was renamed and never flushed may be
 * empty, or zeros, after a power cut.
 */
public final class DeadRuns {

  private static final Logger LOG = Logger.getLogger(DeadRuns.class);

  private final Layout layout;
  private final PublishedBackups published;
  private final ObjectFiles objects;
  private final DamagedObjects damagedObjects;

  DeadRuns(
      Layout layout,
      PublishedBackups published,
      ObjectFiles objects,
      DamagedObjects damagedObjects) {
    this.layout = layout;
    this.published = published;
    this.objects = objects;
    this.damagedObjects = damagedObjects;
  }

  /** Told of each object that was read back. */
  public interface Listener {
    void checked(long bytes);
  }

  /** Removes the half-made files of dead runs, dumps above all; journals stay. Needs the lock. */
  public void clear() throws IOException {
    for (RunId id : layout.files().ids(layout.tmp(), "")) {
      clear(id);
    }
    for (Path stray : layout.files().list(layout.tmp(), Layout::isScratchOfNoRun)) {
      layout.files().deleteTree(stray);
    }
  }

  private void clear(RunId id) throws IOException {
    if (published.isPublished(id) || layout.files().exists(layout.segmentSeal(id))) {
      layout.files().deleteTree(layout.scratch(id));
      return;
    }
    Workspace.clear(layout, id);
    if (!hasJournal(id)) {
      layout.files().deleteTree(layout.scratch(id));
    }
  }

  private boolean hasJournal(RunId id) throws IOException {
    return Files.isDirectory(layout.scratch(id), LinkOption.NOFOLLOW_LINKS)
        && layout.files().size(layout.journal(id)) > 0;
  }

  /**
   * Takes over what dead runs copied, into the journal of {@code workspace}, and forgets those
   * runs. What does not match is as if it had never been copied: it is put aside, so that it cannot
   * be taken for the bytes that an older record of its key describes; and where such a record has
   * lost its bytes by that, they are listed as damaged, so that they are fetched again.
   * Interrupted, it can be called again by the next run. Needs the lock.
   */
  public void recover(Workspace workspace, Cancellation cancellation, Listener listener)
      throws IOException {
    RecordSorter<IndexRecord> copied =
        new RecordSorter<>(IndexCodec.INSTANCE, workspace.scratch(), "copied");
    List<RunId> dead =
        layout.files().ids(layout.tmp(), "").stream()
            .filter(id -> !id.equals(workspace.id()))
            .toList();
    for (RunId id : dead) {
      clear(id);
      if (hasJournal(id)) {
        LOG.infof("run %s ended without publishing; its objects are read back", id);
        Journal.read(layout.journal(id), copied::add);
      }
    }
    if (dead.isEmpty()) {
      return;
    }
    RecordSorter<IndexRecord> recovered =
        new RecordSorter<>(IndexCodec.INSTANCE, workspace.scratch(), "recovered");
    RecordSorter<IndexRecord> moved =
        new RecordSorter<>(IndexCodec.INSTANCE, workspace.scratch(), "put-aside");
    // Sorted, for of one key only the last record is of the bytes that may be there.
    try (RecordStream<IndexRecord> records = copied.sorted()) {
      while (records.hasNext()) {
        cancellation.throwIfCancelled();
        IndexRecord entry = records.next();
        if (ObjectKey.refusal(entry.key()).isPresent()) {
          continue;
        }
        if (objects.holds(entry)) {
          workspace.journal().add(entry);
          recovered.add(entry);
          listener.checked(entry.size());
        } else {
          objects.putAside(entry.key());
          moved.add(entry);
        }
      }
    }
    listWhatIsLost(workspace, moved);
    // On stable storage in its new place before it goes from the old one.
    workspace.flushJournal();
    for (RunId id : dead) {
      layout.files().deleteTree(layout.scratch(id));
    }
    workspace.recovered(recovered);
  }

  private void listWhatIsLost(Workspace workspace, RecordSorter<IndexRecord> moved)
      throws IOException {
    RecordSorter<IndexRecord> lost =
        new RecordSorter<>(IndexCodec.INSTANCE, workspace.scratch(), "lost");
    try (RecordStream<IndexRecord> keys = moved.sorted();
        RecordStream<IndexRecord> records = workspace.known()) {
      Cursor<IndexRecord> known = new Cursor<>(records, IndexRecord::key);
      while (keys.hasNext()) {
        Optional<IndexRecord> entry = known.take(keys.next().key());
        if (entry.isPresent() && !objects.holds(entry.get())) {
          lost.add(entry.get());
        }
      }
    }
    damagedObjects.note(workspace.id(), workspace.file("lost.tsv"), lost);
  }
}
