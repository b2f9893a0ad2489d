package io.parsecbackup.copy;

import io.parsecbackup.Cancellation;
import io.parsecbackup.repository.Repository;
import io.parsecbackup.repository.Workspace;
import io.parsecbackup.repository.index.IndexCodec;
import io.parsecbackup.repository.index.IndexRecord;
import io.parsecbackup.repository.index.Journal;
import io.parsecbackup.repository.index.RecordSorter;
import io.parsecbackup.repository.index.RecordStream;
import java.io.IOException;

/**
 * The objects that a place does not have intact: those that were listed before, and those that this
 * job could not copy. The next job tries them again. Thread-safe.
 */
final class DamagedCopies {

  private static final String FOUND = "damaged.tsv";

  private final Repository target;
  private final Workspace workspace;
  private final Journal found;
  private final boolean listed;
  private int sorted;
  private boolean any;
  private boolean noted = true;

  DamagedCopies(Repository target, Workspace workspace) throws IOException {
    this.target = target;
    this.workspace = workspace;
    this.listed = target.damagedObjects().isAny();
    this.found = Journal.append(workspace.file(FOUND));
  }

  /** Whether the place had a list of damaged objects. */
  boolean isListed() {
    return listed;
  }

  /** The objects in it. */
  RecordStream<IndexRecord> listed() throws IOException {
    return target.damagedObjects().listed(workspace.scratch(), "listed");
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

  /** Whether an object could not be copied. */
  synchronized boolean isAny() {
    return any;
  }

  /** Lists the objects that were added, before a backup that needs them is published. */
  synchronized void note() throws IOException {
    if (!noted) {
      target.damagedObjects().note(workspace.id(), workspace.newFile(), added());
      noted = true;
    }
  }

  /** Replaces all lists, when everything that was copied is on stable storage. */
  synchronized void settle(Cancellation cancellation) throws IOException {
    if (listed || any) {
      target.storage().flush(cancellation);
      target.damagedObjects().settle(workspace, added());
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
