package io.parsecbackup.copy;

import io.parsecbackup.Cancellation;
import io.parsecbackup.copy.plan.KnownObjects;
import io.parsecbackup.copy.plan.PlannedObjects;
import io.parsecbackup.repository.DamagedObjects;
import io.parsecbackup.repository.Repository;
import io.parsecbackup.repository.Workspace;
import io.parsecbackup.repository.index.IndexCodec;
import io.parsecbackup.repository.index.IndexRecord;
import io.parsecbackup.repository.index.Journal;
import io.parsecbackup.repository.index.RecordSorter;
import io.parsecbackup.repository.index.RecordStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * The objects that a place does not have intact: those that were listed before, and those that this
 * job could not copy. The next job tries them again. Thread-safe.
 */
final class DamagedCopies {

  private static final String FOUND = "damaged.tsv";

  private final Repository target;
  private final DamagedObjects objects;
  private final Workspace workspace;
  private final Journal found;
  private final boolean listed;
  private int sorted;
  private boolean any;
  private boolean noted = true;

  DamagedCopies(Repository target, Workspace workspace) throws IOException {
    this.target = target;
    this.workspace = workspace;
    // One for all calls: it knows which lists it could not read, and keeps them.
    this.objects = target.damagedObjects();
    this.listed = objects.isAny();
    this.found = Journal.append(workspace.file(FOUND));
  }

  /**
   * Plans to copy the listed objects again that are damaged now, without those of {@link #unread}
   * lists. A job may have listed an object from a damaged segment, with a key or digest that no
   * object ever had. Such a record is forgotten.
   *
   * @param known the objects that the place has by its index
   */
  PlannedObjects repairs(KnownObjects known, Cancellation cancellation) throws IOException {
    try (PlannedObjects.Writer planned =
        new PlannedObjects.Writer(workspace.newFile(), workspace.newFile())) {
      if (listed) {
        Path others = workspace.newFile();
        try (RecordStream<IndexRecord> all = objects.listed(workspace.scratch(), "listed");
            RecordStream<IndexRecord> here = known.open();
            Journal unlike = Journal.append(others)) {
          while (all.hasNext()) {
            cancellation.throwIfCancelled();
            IndexRecord entry = all.next();
            boolean isNewest = here.take(entry.key()).filter(entry::hasBytesOf).isPresent();
            if (target.objectProof().read(entry).isEmpty()) {
              continue;
            }
            if (isNewest) {
              planned.place(entry);
            } else {
              unlike.add(entry);
            }
          }
        }
        addNamed(others, known, planned);
      }
      return planned.finish();
    }
  }

  /** Adds the objects that the index has with other bytes, or as removed. */
  private void addNamed(Path others, KnownObjects known, PlannedObjects.Writer planned)
      throws IOException {
    RecordSorter<IndexRecord> found =
        new RecordSorter<>(IndexCodec.INSTANCE, workspace.scratch(), "named");
    try (RecordStream<IndexRecord> named = target.index().named(others, found);
        RecordStream<IndexRecord> here = known.open()) {
      while (named.hasNext()) {
        IndexRecord entry = named.next();
        if (here.take(entry.key()).isEmpty()) {
          planned.place(entry);
        } else {
          planned.aside(entry);
        }
      }
    }
  }

  /** The lists that could not be read. They stay for a later copy. */
  List<String> unread() {
    return objects.unread();
  }

  /** Adds an object that could not be copied. */
  synchronized void add(IndexRecord entry) throws IOException {
    found.add(entry);
    any = true;
    noted = false;
  }

  /** These records without the objects that could not be copied. */
  synchronized RecordStream<IndexRecord> without(RecordStream<IndexRecord> records)
      throws IOException {
    return any ? records.without(added().sorted()) : records;
  }

  /** Whether the place has all objects that were listed, and all that were to be copied. */
  synchronized boolean isEmpty() {
    return !any && objects.unread().isEmpty();
  }

  /** Lists the objects that were added, before a backup that needs them is published. */
  synchronized void note() throws IOException {
    if (!noted) {
      objects.note(workspace.id(), workspace.newFile(), added());
      noted = true;
    }
  }

  /** Replaces all lists, when everything that was copied is on stable storage. */
  synchronized void settle(Cancellation cancellation) throws IOException {
    if (listed || any) {
      target.storage().flush(cancellation);
      objects.settle(workspace, added());
    }
    found.close();
  }

  private RecordSorter<IndexRecord> added() throws IOException {
    RecordSorter<IndexRecord> added =
        new RecordSorter<>(IndexCodec.INSTANCE, workspace.scratch(), "damaged-" + sorted++);
    Journal.read(workspace.file(FOUND), added::add);
    return added;
  }
}
