package io.parsecbackup.repository;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.parsecbackup.Cancellation;
import io.parsecbackup.Counted;
import io.parsecbackup.repository.index.ColumnCodec;
import io.parsecbackup.repository.index.Cursor;
import io.parsecbackup.repository.index.IndexCodec;
import io.parsecbackup.repository.index.IndexRecord;
import io.parsecbackup.repository.index.Journal;
import io.parsecbackup.repository.index.RecordSorter;
import io.parsecbackup.repository.index.RecordStream;
import io.parsecbackup.repository.index.Segment;
import io.parsecbackup.repository.storage.Content;
import io.parsecbackup.repository.storage.Documents;
import io.parsecbackup.repository.storage.Layout;
import io.parsecbackup.repository.storage.Leftovers;
import io.parsecbackup.repository.storage.NewFile;
import io.parsecbackup.repository.storage.PlainFiles;
import io.parsecbackup.repository.storage.RemoteStorageException;
import io.parsecbackup.repository.storage.RunId;
import io.parsecbackup.repository.storage.SealedJson;
import io.parsecbackup.repository.storage.Sha256;
import io.parsecbackup.repository.storage.Storage;
import io.parsecbackup.repository.storage.UnsafeFileException;
import io.parsecbackup.repository.storage.UnusableFileException;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.jboss.logging.Logger;

/**
 * Objects that a verification, a drill, a restore, or the recovery of a dead run found damaged or
 * missing. Each one keeps its list until the next backup is published. That backup ignores the
 * index records of objects that are still damaged, so it fetches them from the source again. The
 * damaged files are not removed: they move to {@code conflicts/}.
 */
public final class DamagedObjects {

  private static final Logger LOG = Logger.getLogger(DamagedObjects.class);

  private static final String REMAINING = "remaining.tsv";

  private final Storage storage;
  private final Documents documents;
  private final ObjectFiles objects;
  private final AtomicInteger read = new AtomicInteger();

  /** Lists that a server did not send, although it sends other files. */
  private final Set<RunId> unread = new HashSet<>();

  DamagedObjects(Storage storage, ObjectFiles objects) {
    this.storage = storage;
    this.documents = new Documents(storage);
    this.objects = objects;
  }

  /**
   * Keeps a list of damaged objects. Needs the shared lock.
   *
   * @param finder the job or run that found them
   * @param scratch a file that does not exist yet
   * @param damaged their index records
   */
  public void note(RunId finder, Path scratch, RecordSorter<IndexRecord> damaged)
      throws IOException {
    try (RecordStream<IndexRecord> records = damaged.sorted()) {
      if (records.hasNext()) {
        put(finder, Segment.write(records, scratch));
      }
    }
  }

  /**
   * Keeps a list of the objects that a run did not find, if older index records name them: the next
   * run would not fetch them. Needs the lock.
   */
  public void noteLost(Workspace run, RecordSorter<IndexRecord> lost) throws IOException {
    RecordSorter<IndexRecord> known =
        new RecordSorter<>(IndexCodec.INSTANCE, run.scratch(), "known-lost");
    boolean isAny = false;
    try (RecordStream<IndexRecord> keys = lost.sorted()) {
      if (!keys.hasNext()) {
        return;
      }
      try (RecordStream<IndexRecord> records = run.known()) {
        Cursor<IndexRecord> index = new Cursor<>(records, IndexRecord::key);
        while (keys.hasNext()) {
          Optional<IndexRecord> entry = index.take(keys.next().key());
          if (entry.isPresent()) {
            known.add(entry.get());
            isAny = true;
          }
        }
      }
    }
    if (isAny && lists().contains(run.id())) {
      // Of a dead run, which this one has recovered.
      Journal.read(storage.local(Layout.damaged(run.id()), Optional.empty()), known::add);
    }
    note(run.id(), run.newFile(), known);
  }

  private void put(RunId finder, Segment list) throws IOException {
    storage.put(NewFile.replacing(Layout.damaged(finder), Content.of(list.file(), list.sha256())));
  }

  /**
   * Reads the listed objects again, and makes the run of {@code workspace} ignore the index records
   * of those that are still damaged. Needs the lock.
   */
  public void forget(Workspace workspace, Cancellation cancellation) throws IOException {
    RecordSorter<String> still =
        new RecordSorter<>(ColumnCodec.KEYS, workspace.scratch(), "damaged");
    long count = 0;
    try (RecordStream<IndexRecord> listed = listed(workspace);
        RecordStream<IndexRecord> records = workspace.known()) {
      Cursor<IndexRecord> known = new Cursor<>(records, IndexRecord::key);
      while (listed.hasNext()) {
        cancellation.throwIfCancelled();
        IndexRecord entry = listed.next();
        if (!isValid(entry, known)) {
          still.add(entry.key());
          count++;
        }
      }
    }
    if (count > 0) {
      LOG.warnf("%s fetched again", Counted.of(count, "damaged object is", "damaged objects are"));
      workspace.forget(still);
    }
  }

  /**
   * Determines, after the run has fetched objects, which listed ones are still damaged because the
   * source does not have them.
   *
   * @return how many
   */
  public long remaining(Workspace workspace, Cancellation cancellation) throws IOException {
    RecordSorter<IndexRecord> remaining =
        new RecordSorter<>(IndexCodec.INSTANCE, workspace.scratch(), "remaining");
    long count = 0;
    try (RecordStream<IndexRecord> listed = listed(workspace);
        RecordStream<IndexRecord> stored = workspace.stored();
        RecordStream<String> forgotten = workspace.forgotten();
        RecordStream<IndexRecord> records = workspace.known()) {
      Cursor<IndexRecord> known = new Cursor<>(records, IndexRecord::key);
      while (listed.hasNext()) {
        cancellation.throwIfCancelled();
        IndexRecord entry = listed.next();
        boolean wasForgotten = forgotten.take(entry.key()).isPresent();
        if (stored.take(entry.key()).isEmpty() && (wasForgotten || !isValid(entry, known))) {
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
   * Whether the next backup has the object. The bytes that an older backup needs for this key may
   * be missing although newer bytes from the source are valid.
   */
  private boolean isValid(IndexRecord listed, Cursor<IndexRecord> known) throws IOException {
    return objects.holds(known.take(listed.key()).orElse(listed));
  }

  /**
   * Replaces all lists with what {@link #remaining} has found, after the backup of {@code
   * workspace} is published. If this program may not delete the old lists, it writes a document
   * that makes readers ignore them. A list that could not be read stays for the next backup. Needs
   * the lock.
   */
  public void settle(Workspace workspace) throws IOException {
    List<RunId> handled = lists();
    handled.removeAll(unread);
    if (handled.isEmpty()) {
      return;
    }
    Path remaining = workspace.file(REMAINING);
    RunId id = workspace.id();
    boolean isAny = PlainFiles.size(remaining) > Segment.EMPTY;
    if (isAny) {
      storage.put(
          NewFile.replacing(Layout.damaged(id), Content.of(remaining, Sha256.of(remaining))));
    }
    boolean areDeleted = true;
    for (RunId old : handled) {
      if (!isAny || !old.equals(id)) {
        areDeleted &= new Leftovers(storage).delete(Layout.damaged(old));
      }
    }
    if (!areDeleted && unread.isEmpty()) {
      ObjectNode settled = JsonNodeFactory.instance.objectNode();
      settled.put("by", id.text());
      settled.put("remaining", isAny);
      storage.put(NewFile.replacing(Layout.SETTLED, Content.of(SealedJson.seal(settled))));
    }
  }

  /**
   * As {@link #settle(Workspace)}, for a run that has determined by itself which objects are still
   * damaged.
   */
  public void settle(Workspace workspace, RecordSorter<IndexRecord> remaining) throws IOException {
    try (RecordStream<IndexRecord> sorted = remaining.sorted()) {
      Segment.write(sorted, workspace.file(REMAINING));
    }
    settle(workspace);
  }

  /**
   * Removes the lists that a backup has handled, and was not allowed to delete. Needs the lock.
   *
   * @return how many stay, because the storage refused to delete them
   */
  public long removeHandled() throws IOException {
    Optional<ObjectNode> settled = documents.sealed(Layout.SETTLED);
    long refused = 0;
    for (RunId id : documents.ids(Layout.CHECKS, Layout.DAMAGED)) {
      if (isHandled(id, settled)) {
        refused += new Leftovers(storage).delete(Layout.damaged(id)) ? 0 : 1;
      }
    }
    return refused;
  }

  /** Whether there are damaged objects that no backup has fetched again. Needs no lock. */
  public boolean isAny() throws IOException {
    return !lists().isEmpty();
  }

  private RecordStream<IndexRecord> listed(Workspace workspace) throws IOException {
    return listed(workspace.scratch(), "listed-" + read.incrementAndGet());
  }

  /**
   * The objects that are damaged or missing in the repository and that no backup has fetched again.
   * Lists that a server does not send are skipped, because they must not prevent a job: see {@link
   * #unread}.
   *
   * @param scratch an existing folder
   * @param name prefix of the names of scratch files, unique in that folder
   */
  public RecordStream<IndexRecord> listed(Path scratch, String name) throws IOException {
    List<Path> files = new ArrayList<>();
    for (RunId list : lists()) {
      try {
        files.add(storage.local(Layout.damaged(list), Optional.empty()));
      } catch (RemoteStorageException | NoSuchFileException e) {
        UnusableFileException.requireServer(storage);
        LOG.warnf("Skipped a list of damaged objects: %s", e.getMessage());
        unread.add(list);
      }
    }
    return sorted(files, scratch, name);
  }

  /** The names of the lists that this object could not read. {@link #settle} keeps them. */
  public List<String> unread() {
    return unread.stream().sorted().map(Layout::damaged).toList();
  }

  /** Skips damaged lines: a damaged list must not prevent a backup. */
  private RecordStream<IndexRecord> sorted(List<Path> lists, Path scratch, String name)
      throws IOException {
    RecordSorter<IndexRecord> sorter = new RecordSorter<>(IndexCodec.INSTANCE, scratch, name);
    for (Path list : lists) {
      Journal.read(
          list,
          entry -> {
            if (objects.textRefusal(entry.key()).isEmpty()) {
              sorter.add(entry);
            }
          });
    }
    return sorter.sorted();
  }

  /** The lists that no backup has handled. No job runs while a backup settles them. */
  private List<RunId> lists() throws IOException {
    List<RunId> lists = new ArrayList<>();
    List<RunId> all = documents.ids(Layout.CHECKS, Layout.DAMAGED);
    if (all.isEmpty()) {
      return lists;
    }
    Optional<ObjectNode> settled = documents.sealed(Layout.SETTLED);
    for (RunId id : all) {
      try {
        if (!isHandled(id, settled) && storage.find(Layout.damaged(id)).isPresent()) {
          lists.add(id);
        }
      } catch (UnsafeFileException e) {
        LOG.warnf("Skipped a list of damaged objects: %s", e.getMessage());
      } catch (RemoteStorageException e) {
        UnusableFileException.requireServer(storage);
        lists.add(id);
      }
    }
    return lists;
  }

  private static boolean isHandled(RunId list, Optional<ObjectNode> settled) {
    return settled
        .flatMap(document -> RunId.parse(document.path("by").asText()))
        .filter(by ->
            list.compareTo(by) < 0
                || (list.equals(by) && !settled.get().path("remaining").asBoolean()))
        .isPresent();
  }
}
