package io.parsecbackup.objectstore.fetch;

import io.parsecbackup.repository.index.IndexRecord;
import io.parsecbackup.repository.index.RecordStream;
import java.io.IOException;

/** What a run, or a part of it, fetches from the source or compares with it. */
interface FetchLists {

  /** Whether the source is needed at all. */
  boolean needsSource() throws IOException;

  /** Objects to fetch. */
  RecordStream<PlannedFetch> toFetch() throws IOException;

  /**
   * Objects of the repository that the dump refers to, to be compared with the source without a
   * listing. Each record is the one to keep if the source still has the same bytes.
   */
  RecordStream<IndexRecord> toRecheck() throws IOException;

  /**
   * Objects that are final in the repository and for which the source seems to have other bytes.
   */
  RecordStream<IndexRecord> replaced() throws IOException;
}
