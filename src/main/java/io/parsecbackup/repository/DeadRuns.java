package io.parsecbackup.repository;

import io.parsecbackup.Cancellation;
import io.parsecbackup.repository.PublishedBackups.State;
import io.parsecbackup.repository.index.Cursor;
import io.parsecbackup.repository.index.IndexCodec;
import io.parsecbackup.repository.index.IndexRecord;
import io.parsecbackup.repository.index.Journal;
import io.parsecbackup.repository.index.RecordSorter;
import io.parsecbackup.repository.index.RecordStream;
import io.parsecbackup.repository.storage.Documents;
import io.parsecbackup.repository.storage.Layout;
import io.parsecbackup.repository.storage.RunId;
import io.parsecbackup.repository.storage.Storage;
import io.parsecbackup.repository.storage.Tombstone;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jboss.logging.Logger;

/**
 * Runs that ended without publishing: killed, failed or cancelled. The holder of the lock knows
 * that every folder in {@code tmp/} except its own and those of running copies belongs to such a
 * run. The objects that they copied are used again, but only after each was read back and matched
 * its journal: after a power cut a file that was renamed and not flushed may be empty or contain
 * zeros.
 */
public final class DeadRuns {

  private static final Logger LOG = Logger.getLogger(DeadRuns.class);

  /** How records call the states of such runs. */
  private static final Set<String> ENDED_EARLY = Set.of("failed", "cancelled");

  private final Storage storage;
  private final ScratchFolders scratch;
  private final PublishedBackups published;
  private final ObjectFiles objects;
  private final DamagedObjects damagedObjects;

  DeadRuns(
      Storage storage,
      PublishedBackups published,
      ObjectFiles objects,
      DamagedObjects damagedObjects) {
    this.storage = storage;
    this.scratch = new ScratchFolders(storage.scratch());
    this.published = published;
    this.objects = objects;
    this.damagedObjects = damagedObjects;
  }

  /** Receives progress. */
  public interface Listener {
    /** An object of that size was read back. */
    void checked(long bytes);
  }

  /**
   * Removes incomplete files of dead runs, such as dumps, and their unfinished uploads. Journals
   * stay. Needs the lock, before the run writes anything.
   */
  public void clear() throws IOException {
    storage.abortUnfinished();
    for (RunId id : scratch.dead()) {
      clear(id);
    }
    scratch.deleteStrays();
  }

  /**
   * Removes the files of runs that ended without publishing and left them: their key was not
   * allowed to delete, or their scratch was lost. A backup that has lost only its {@code
   * backup.json} is not one of them. Needs the exclusive lock.
   *
   * @return how many runs still have files, because the storage refused to delete them
   */
  public long clearUnpublished(Cancellation cancellation) throws IOException {
    List<RunId> exist = published.ids();
    long refused = 0;
    for (RunId id : new Documents(storage).ids(Layout.BACKUPS, "")) {
      cancellation.throwIfCancelled();
      if (!exist.contains(id) && hasFailed(id) && settled(id) == State.NOT_PUBLISHED) {
        refused += Workspace.clear(storage, published, id) ? 0 : 1;
      }
    }
    return refused;
  }

  private boolean hasFailed(RunId id) {
    return published.isRevoked(id)
        || new RunRecords(storage)
            .read(id)
            .filter(run -> ENDED_EARLY.contains(run.path("state").asText()))
            .isPresent();
  }

  /**
   * Whether a run that ended has published something. A server that did not answer it may have
   * stored its last document and show it late, or store it later. Before anything of such a run is
   * deleted, a tombstone takes the place of that document. Not of a copy's: its files stay.
   */
  private State settled(RunId id) {
    State state = Workspace.state(storage, published, id);
    if (state != State.NOT_PUBLISHED || !storage.isRemote() || published.isRevoked(id)) {
      return state;
    }
    try {
      Documents documents = new Documents(storage);
      if (!documents.exists(Layout.segment(id)) && !documents.exists(Layout.checksums(id))) {
        // It ended before it wrote its last document.
        return state;
      }
      if (scratch.isCopy(id)) {
        // A backup of the repository that it copied may have this id. Nothing of it is deleted
        // instead: a segment without a seal says nothing, and one that gets it late is whole.
        return State.UNKNOWN;
      }
      Tombstone.put(storage, id, "The run ended before it had published a backup.");
      State settled = published.state(id);
      return settled == State.NOT_PUBLISHED && !published.isRevoked(id) ? State.UNKNOWN : settled;
    } catch (IOException e) {
      LOG.warnf("It cannot be determined whether run %s is published: %s", id, e.getMessage());
      return State.UNKNOWN;
    }
  }

  private void clear(RunId id) throws IOException {
    switch (settled(id)) {
      case PUBLISHED -> Workspace.endPublished(storage, id);
      case NOT_PUBLISHED -> {
        Workspace.clear(storage, published, id);
        if (!scratch.isJournaled(id)) {
          scratch.delete(id);
        }
      }
      // Objects of a published run are checked once more; without the journal, those of a run that
      // published nothing would be fetched again.
      case UNKNOWN -> scratch.clear(id);
    }
  }

  /**
   * Records the objects that dead runs copied in the journal of {@code workspace}, and removes the
   * folders of those runs. An object that does not match its journal is moved aside, so that its
   * bytes are not used for an older record of the same key. If that record has lost its bytes, the
   * object is listed as damaged and fetched again. If this method is interrupted, the next run can
   * call it again. Needs the lock.
   */
  public void recover(Workspace workspace, Cancellation cancellation, Listener listener)
      throws IOException {
    RecordSorter<IndexRecord> copied =
        new RecordSorter<>(IndexCodec.INSTANCE, workspace.scratch(), "copied");
    List<RunId> dead = scratch.dead().stream().filter(id -> !id.equals(workspace.id())).toList();
    for (RunId id : dead) {
      clear(id);
      if (scratch.isJournaled(id)) {
        LOG.infof("The objects that run %s copied and did not publish are checked", id);
        Journal.read(scratch.journal(id), copied::add);
      }
    }
    if (dead.isEmpty()) {
      return;
    }
    RecordSorter<IndexRecord> lost = readBack(copied, workspace, cancellation, listener);
    damagedObjects.note(workspace.id(), workspace.file("lost.tsv"), lost);
    for (RunId id : dead) {
      scratch.delete(id);
    }
  }

  /**
   * As {@link #recover}, for the objects that killed processes of the same part of a planned run
   * have copied. Needs the part's lock.
   *
   * @return the records of the index whose objects are damaged or lost now
   */
  public RecordSorter<IndexRecord> resume(
      Workspace part, Cancellation cancellation, Listener listener) throws IOException {
    RecordSorter<IndexRecord> copied =
        new RecordSorter<>(IndexCodec.INSTANCE, part.scratch(), "copied");
    List<Path> journals = part.earlierJournals();
    for (Path journal : journals) {
      Journal.read(journal, copied::add);
    }
    RecordSorter<IndexRecord> lost = readBack(copied, part, cancellation, listener);
    for (Path journal : journals) {
      Files.delete(journal);
    }
    return lost;
  }

  /** Reads objects back, and returns the records of the index whose objects are lost. */
  private RecordSorter<IndexRecord> readBack(
      RecordSorter<IndexRecord> copied,
      Workspace workspace,
      Cancellation cancellation,
      Listener listener)
      throws IOException {
    RecordSorter<IndexRecord> recovered =
        new RecordSorter<>(IndexCodec.INSTANCE, workspace.scratch(), "recovered");
    RecordSorter<IndexRecord> moved =
        new RecordSorter<>(IndexCodec.INSTANCE, workspace.scratch(), "put-aside");
    // Sorted: of the records with one key only the last describes the bytes in the file.
    try (RecordStream<IndexRecord> records = copied.sorted()) {
      while (records.hasNext()) {
        cancellation.throwIfCancelled();
        IndexRecord entry = records.next();
        if (objects.textRefusal(entry.key()).isPresent()) {
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
    RecordSorter<IndexRecord> lost = lost(workspace, moved);
    // Flush the new journal before the old ones are removed.
    workspace.flushJournal();
    workspace.recovered(recovered);
    return lost;
  }

  private RecordSorter<IndexRecord> lost(Workspace workspace, RecordSorter<IndexRecord> moved)
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
    return lost;
  }
}
