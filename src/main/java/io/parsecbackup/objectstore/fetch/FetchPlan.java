package io.parsecbackup.objectstore.fetch;

import io.parsecbackup.repository.index.IndexCodec;
import io.parsecbackup.repository.index.IndexRecord;
import io.parsecbackup.repository.index.RecordSorter;
import io.parsecbackup.repository.index.RecordStream;
import java.io.IOException;
import java.nio.file.Path;

/** The work of a run, as sorted lists in scratch files. {@link FetchPlanner} fills them. */
final class FetchPlan implements FetchLists {

  private final RecordSorter<PlannedFetch> fetch;
  private final RecordSorter<IndexRecord> recheck;
  private final RecordSorter<IndexRecord> replaced;
  private final RecordSorter<UnprovenReference> unproven;
  private long size;

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
    size++;
    fetch.add(planned);
  }

  void addRecheck(IndexRecord held) throws IOException {
    size++;
    recheck.add(held);
  }

  void addReplaced(IndexRecord held) throws IOException {
    size++;
    replaced.add(held);
  }

  void addUnproven(UnprovenReference reference) throws IOException {
    unproven.add(reference);
  }

  /** How many objects the run fetches or compares. */
  long size() {
    return size;
  }

  @Override
  public boolean needsSource() {
    return size > 0;
  }

  @Override
  public RecordStream<PlannedFetch> toFetch() throws IOException {
    return fetch.sorted();
  }

  @Override
  public RecordStream<IndexRecord> toRecheck() throws IOException {
    return recheck.sorted();
  }

  @Override
  public RecordStream<IndexRecord> replaced() throws IOException {
    return replaced.sorted();
  }

  /** References that the index does not prove. */
  RecordStream<UnprovenReference> unproven() throws IOException {
    return unproven.sorted();
  }
}
