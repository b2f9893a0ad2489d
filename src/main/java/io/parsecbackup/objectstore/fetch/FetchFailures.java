package io.parsecbackup.objectstore.fetch;

import io.parsecbackup.repository.index.IndexCodec;
import io.parsecbackup.repository.index.IndexRecord;
import io.parsecbackup.repository.index.RecordSorter;
import io.parsecbackup.repository.index.RecordStream;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;

/** The objects that a run could not fetch, and why; several threads may add to them. */
final class FetchFailures {

  private static final String NO_DIGEST = "0".repeat(64);

  /** What was tried in vain. */
  enum Kind {
    /** The source has no such object. */
    ABSENT,
    /** The source does not give it. */
    UNREADABLE,
    /** The source has other bytes than those that are final here. */
    REPLACED
  }

  private final RecordSorter<IndexRecord> sorter;

  FetchFailures(Path scratch) {
    this.sorter = new RecordSorter<>(IndexCodec.INSTANCE, scratch, "failures");
  }

  /** As a record, to be sorted by its key: the reason stands where the ETag would. */
  synchronized void add(String key, Kind kind, String why) throws IOException {
    sorter.add(new IndexRecord(key, kind.ordinal(), NO_DIGEST, why, Instant.EPOCH, false));
  }

  /** All of them in key order; none may be added afterwards. */
  RecordStream<IndexRecord> sorted() throws IOException {
    return sorter.sorted();
  }

  static String why(IndexRecord failure) {
    return failure.etag();
  }

  static boolean isUnreadable(IndexRecord failure) {
    return failure.size() == Kind.UNREADABLE.ordinal();
  }

  /** Whether it matters only to a row that the bytes here do not satisfy. */
  static boolean isReplacement(IndexRecord failure) {
    return failure.size() == Kind.REPLACED.ordinal();
  }
}
