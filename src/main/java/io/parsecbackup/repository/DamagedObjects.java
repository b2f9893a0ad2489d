package io.parsecbackup.repository;

import io.parsecbackup.Cancellation;
import io.parsecbackup.repository.index.Cursor;
import io.parsecbackup.repository.index.IndexCodec;
import io.parsecbackup.repository.index.IndexRecord;
import io.parsecbackup.repository.index.Journal;
import io.parsecbackup.repository.index.ObjectKey;
import io.parsecbackup.repository.index.RecordSorter;
import io.parsecbackup.repository.index.RecordStream;
import io.parsecbackup.repository.index.Segment;
import io.parsecbackup.repository.storage.Layout;
import io.parsecbackup.repository.storage.RunId;
import io.parsecbackup.repository.storage.StableStorage;
import io.parsecbackup.repository.storage.UnsafeFileException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jboss.logging.Logger;

/**
 * Objects that a verification, or the recovery of a dead run, found damaged or lost: a list for
 * each, until a backup has been published after it. That backup takes what is still damaged for
 * unknown, so that it is fetched from the source again. Nothing is removed before other bytes are
 * there, and not then: they go to {@code conflicts/}.
 */
public final class DamagedObjects {

  private static final Logger LOG = Logger.getLogger(DamagedObjects.class);

  /** No object has this size, so a record of it matches nothing that a bucket lists. */
  private static final long NO_SIZE = -1;

  private static final String REMAINING = "remaining.tsv";
  private static final String NO_DIGEST = "0".repeat(64);

  private final Layout layout;
  private final StableStorage storage;
  private final ObjectFiles objects;
  private final AtomicInteger read = new AtomicInteger();

  DamagedObjects(Layout layout, StableStorage storage, ObjectFiles objects) {
    this.layout = layout;
    this.storage = storage;
    this.objects = objects;
  }

  /**
   * Keeps a verification's list. A share of the lock is enough.
   *
   * @param scratch a file that is not there yet
   * @param damaged as the index describes them
   */
  public void note(RunId verification, Path scratch, RecordSorter<IndexRecord> damaged)
      throws IOException {
    try (RecordStream<IndexRecord> records = damaged.sorted()) {
      if (!records.hasNext()) {
        return;
      }
      layout.files().createFolders(layout.checks());
      Segment.write(records, scratch);
    }
    storage.flush(scratch);
    storage.rename(scratch, layout.damaged(verification));
    storage.flushFolder(layout.checks());
  }

  /**
   * Reads the listed objects once more, and makes those that are still damaged unknown to the run
   * of {@code workspace}. Needs the lock.
   */
  public void forget(Workspace workspace, Cancellation cancellation) throws IOException {
    RecordSorter<IndexRecord> still =
        new RecordSorter<>(IndexCodec.INSTANCE, workspace.scratch(), "damaged");
    long count = 0;
    try (RecordStream<IndexRecord> listed = listed(workspace);
        RecordStream<IndexRecord> records = workspace.known()) {
      Cursor<IndexRecord> known = new Cursor<>(records, IndexRecord::key);
      while (listed.hasNext()) {
        cancellation.throwIfCancelled();
        IndexRecord entry = listed.next();
        if (!isWhole(entry, known)) {
          still.add(new IndexRecord(entry.key(), NO_SIZE, NO_DIGEST, "", Instant.EPOCH, false));
          count++;
        }
      }
    }
    if (count > 0) {
      LOG.warnf("%d objects that a verification found damaged are fetched again", count);
      workspace.unknown(still);
    }
  }

  /**
   * Finds out, after the work of {@code workspace}, which of the listed objects are damaged still:
   * the source did not give them again.
   *
   * @return how many
   */
  public long remaining(Workspace workspace, Cancellation cancellation) throws IOException {
    RecordSorter<IndexRecord> remaining =
        new RecordSorter<>(IndexCodec.INSTANCE, workspace.scratch(), "remaining");
    long count = 0;
    try (RecordStream<IndexRecord> listed = listed(workspace);
        RecordStream<IndexRecord> fetched = workspace.brought();
        RecordStream<IndexRecord> records = workspace.known()) {
      Cursor<IndexRecord> brought = new Cursor<>(fetched, IndexRecord::key);
      Cursor<IndexRecord> known = new Cursor<>(records, IndexRecord::key);
      while (listed.hasNext()) {
        cancellation.throwIfCancelled();
        IndexRecord entry = listed.next();
        if (brought.take(entry.key()).isEmpty() && !isWhole(entry, known)) {
          remaining.add(entry);
          count++;
        }
      }
    }
    try (RecordStream<IndexRecord> sorted = remaining.sorted()) {
      Segment.write(sorted, workspace.file(REMAINING));
    }
    return count;
  }

  /**
   * Whether the next backup has the object: what an older backup needed under this key may be lost
   * while the bytes that the source has given since are whole.
   */
  private boolean isWhole(IndexRecord listed, Cursor<IndexRecord> known) throws IOException {
    return objects.holds(known.take(listed.key()).orElse(listed));
  }

  /**
   * Puts what {@link #remaining} has found in the place of all lists, once the backup of {@code
   * workspace} is published. Needs the lock.
   */
  public void settle(Workspace workspace) throws IOException {
    List<Path> seenTo = lists();
    if (seenTo.isEmpty()) {
      return;
    }
    Path remaining = workspace.file(REMAINING);
    Path list = layout.damaged(workspace.id());
    boolean isAny = layout.files().size(remaining) > Segment.EMPTY;
    if (isAny) {
      storage.flush(remaining);
      storage.rename(remaining, list);
      storage.flushFolder(layout.checks());
    }
    for (Path seen : seenTo) {
      if (!isAny || !seen.equals(list)) {
        layout.files().deleteIfExists(seen);
      }
    }
  }

  /** Whether any object is known to be damaged, and not yet seen to. Needs no lock. */
  public boolean isAny() throws IOException {
    return !lists().isEmpty();
  }

  /** Line by line: a damaged list must not keep any backup from being taken. */
  private RecordStream<IndexRecord> listed(Workspace workspace) throws IOException {
    return listed(workspace.scratch(), "listed-" + read.incrementAndGet());
  }

  /**
   * The objects that are known to be damaged or lost here, as far as no backup has fetched them
   * again.
   *
   * @param scratch an existing folder
   * @param name begins the names of files in it; unique there
   */
  public RecordStream<IndexRecord> listed(Path scratch, String name) throws IOException {
    RecordSorter<IndexRecord> sorter = new RecordSorter<>(IndexCodec.INSTANCE, scratch, name);
    for (Path list : lists()) {
      Journal.read(
          list,
          entry -> {
            if (ObjectKey.refusal(entry.key()).isEmpty()) {
              sorter.add(entry);
            }
          });
    }
    return sorter.sorted();
  }

  private List<Path> lists() throws IOException {
    List<Path> lists = new ArrayList<>();
    for (RunId id : layout.files().ids(layout.checks(), Layout.DAMAGED)) {
      try {
        lists.add(layout.files().require(layout.damaged(id)));
      } catch (UnsafeFileException e) {
        LOG.warnf("a list of damaged objects is skipped: %s", e.getMessage());
      }
    }
    return lists;
  }
}
