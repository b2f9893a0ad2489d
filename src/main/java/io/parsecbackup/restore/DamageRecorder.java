package io.parsecbackup.restore;

import io.parsecbackup.repository.MissingList;
import io.parsecbackup.repository.index.Cursor;
import io.parsecbackup.repository.index.IndexCodec;
import io.parsecbackup.repository.index.IndexRecord;
import io.parsecbackup.repository.index.RecordSorter;
import io.parsecbackup.repository.index.RecordStream;
import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * Records the damaged or lost objects that a job finds, so that the next backup fetches them again.
 * However the job ends, the objects that were added are recorded when this is closed. Thread-safe.
 */
final class DamageRecorder implements AutoCloseable {

  private final JobContext context;
  private final BackupContents contents;
  private final RecordSorter<IndexRecord> damaged;

  DamageRecorder(BackupContents contents) {
    this.contents = contents;
    this.context = contents.context();
    this.damaged = sorter(context, "damaged");
  }

  private static RecordSorter<IndexRecord> sorter(JobContext context, String name) {
    return new RecordSorter<>(IndexCodec.INSTANCE, context.scratch().folder(), name);
  }

  /**
   * Adds an object that the repository does not have intact.
   *
   * @throws UncheckedIOException if scratch fails
   */
  synchronized void add(IndexRecord entry) {
    try {
      damaged.add(entry);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Records nothing if the repository cannot be written to. */
  @Override
  public synchronized void close() throws IOException {
    if (!context.scratch().isWritable()) {
      return;
    }
    RecordSorter<IndexRecord> unlisted = sorter(context, "damaged-unlisted");
    try (RecordStream<IndexRecord> records = damaged.sorted()) {
      if (!records.hasNext()) {
        return;
      }
      removeMissing(records, unlisted);
    }
    context
        .repository()
        .damagedObjects()
        .note(context.scratch().id(), context.scratch().newFile(), unlisted);
  }

  /** The source did not have the objects that the backup lists as missing. */
  private void removeMissing(RecordStream<IndexRecord> records, RecordSorter<IndexRecord> unlisted)
      throws IOException {
    try (MissingAtSource.Lines known = MissingAtSource.lines(contents)) {
      Cursor<MissingList.Line> missing = new Cursor<>(known, MissingList.Line::key);
      while (records.hasNext()) {
        IndexRecord entry = records.next();
        if (missing.take(entry.key()).isEmpty()) {
          unlisted.add(entry);
        }
      }
    }
  }
}
