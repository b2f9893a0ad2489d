package io.parsecbackup.objectstore.fetch;

import io.parsecbackup.repository.index.IndexCodec;
import io.parsecbackup.repository.index.IndexRecord;
import io.parsecbackup.repository.index.RecordSorter;
import io.parsecbackup.repository.index.RecordStream;
import java.io.IOException;
import java.nio.file.Path;

/** The work of a run, as sorted lists in scratch files. {@link FetchPlanner} fills them. */
final class FetchPlan {

  private final RecordSorter<PlannedFetch> fetch;
  private final RecordSorter<IndexRecord> recheck;
  private final RecordSorter<IndexRecord> replaced;
  private final RecordSorter<UnprovenReference> unproven;
  private boolean needsSource;

  /**
   * @param scratch a folder that no other plan uses
   */
  FetchPlan(Path scratch) {
    this.fetch = new RecordSorter<>(PlannedFetch.CODEC, scratch, "fetch");
    this.recheck = new RecordSorter<>(IndexCodec.INSTANCE, scratch, "recheck");
    this.replaced = new RecordSorter<>(IndexCodec.INSTANCE, scratch, "replaced");
    this.unproven = new RecordSorter<>(UnprovenReference.CODEC, scratch, "unproven");
  }

  void addFetch(PlannedFetch planned) throws IOException {
    needsSource = true;
    fetch.add(planned);
  }

  void addRecheck(IndexRecord held) throws IOException {
    needsSource = true;
    recheck.add(held);
  }

  void addReplaced(IndexRecord held) throws IOException {
    needsSource = true;
    replaced.add(held);
  }

  void addUnproven(UnprovenReference reference) throws IOException {
    unproven.add(reference);
  }

  /** Whether the run needs the source at all. */
  boolean needsSource() {
    return needsSource;
  }

  /** Objects to fetch. */
  RecordStream<PlannedFetch> toFetch() throws IOException {
    return fetch.sorted();
  }

  /**
   * Objects of the repository that the dump refers to, to be compared with the source without a
   * listing. Each record is the one to keep if the source still has the same bytes.
   */
  RecordStream<IndexRecord> toRecheck() throws IOException {
    return recheck.sorted();
  }

  /**
   * Objects that are final in the repository and for which the source seems to have other bytes.
   */
  RecordStream<IndexRecord> replaced() throws IOException {
    return replaced.sorted();
  }

  /** References that the index does not prove. */
  RecordStream<UnprovenReference> unproven() throws IOException {
    return unproven.sorted();
  }
}
