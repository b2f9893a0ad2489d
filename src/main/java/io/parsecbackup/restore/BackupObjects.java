package io.parsecbackup.restore;

import io.parsecbackup.repository.encryption.ReadableFile;
import io.parsecbackup.repository.index.Cursor;
import io.parsecbackup.repository.index.IndexRecord;
import io.parsecbackup.repository.index.RecordStream;
import io.parsecbackup.repository.index.Reference;
import io.parsecbackup.repository.index.ReferenceStream;
import io.parsecbackup.repository.storage.Layout;
import java.io.IOException;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The objects of a backup in key order: the objects that its dump refers to, or all objects that
 * the repository held when the backup was taken. The dump does not refer to blocks that were purged
 * before the backup, so they stay purged.
 */
final class BackupObjects implements Iterator<IndexRecord>, AutoCloseable {

  private final RecordStream<IndexRecord> records;
  private final Optional<ReferenceStream> stream;
  private final Optional<Cursor<Reference>> references;
  private @Nullable IndexRecord next;
  private long leftOut;
  private long leftOutBytes;

  private BackupObjects(RecordStream<IndexRecord> records, Optional<ReferenceStream> stream) {
    this.records = records;
    this.stream = stream;
    this.references = stream.map(list -> new Cursor<>(list, Reference::key));
    this.next = advance();
  }

  /**
   * Opens the stream.
   *
   * @param list the backup's {@value Layout#REFERENCES}; empty for all objects
   */
  static BackupObjects open(JobContext context, Optional<ReadableFile> list) throws IOException {
    RecordStream<IndexRecord> records =
        context.repository().index().asOf(context.id(), context.scratch()::newFile);
    try {
      return new BackupObjects(
          records,
          list.isPresent() ? Optional.of(new ReferenceStream(list.get())) : Optional.empty());
    } catch (IOException | RuntimeException e) {
      records.close();
      throw e;
    }
  }

  /** The number of objects that were left out so far. */
  long leftOut() {
    return leftOut;
  }

  long leftOutBytes() {
    return leftOutBytes;
  }

  @Override
  public boolean hasNext() {
    return next != null;
  }

  @Override
  public IndexRecord next() {
    IndexRecord result = next;
    if (result == null) {
      throw new NoSuchElementException();
    }
    next = advance();
    return result;
  }

  private @Nullable IndexRecord advance() {
    while (records.hasNext()) {
      IndexRecord entry = records.next();
      if (references.isEmpty() || references.get().take(entry.key()).isPresent()) {
        return entry;
      }
      leftOut++;
      leftOutBytes += entry.size();
    }
    return null;
  }

  @Override
  public void close() {
    try (records) {
      stream.ifPresent(ReferenceStream::close);
    }
  }
}
