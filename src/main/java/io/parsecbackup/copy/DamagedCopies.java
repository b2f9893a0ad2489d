package io.parsecbackup.copy;

import io.parsecbackup.Cancellation;
import io.parsecbackup.repository.DamagedObjects;
import io.parsecbackup.repository.Repository;
import io.parsecbackup.repository.Workspace;
import io.parsecbackup.repository.index.IndexCodec;
import io.parsecbackup.repository.index.IndexRecord;
import io.parsecbackup.repository.index.Journal;
import io.parsecbackup.repository.index.RecordSorter;
import io.parsecbackup.repository.index.RecordStream;
import java.io.IOException;
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

  /** Whether the place had a list of damaged objects. */
  boolean isListed() {
    return listed;
  }

  /** The objects in it, without those of {@link #unread} lists. */
  RecordStream<IndexRecord> listed() throws IOException {
    return objects.listed(workspace.scratch(), "listed");
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
