package io.parsecbackup.objectstore.upload;

import io.parsecbackup.Cancellation;
import io.parsecbackup.objectstore.content.Etag;
import io.parsecbackup.repository.index.IndexCodec;
import io.parsecbackup.repository.index.IndexRecord;
import io.parsecbackup.repository.index.KeyOrder;
import io.parsecbackup.repository.index.RecordSorter;
import io.parsecbackup.repository.index.RecordStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What has to be sent, and what has to be looked at first; on scratch, however much it is. Several
 * threads may add to it.
 */
final class UploadPlan {

  private final UploadReport report;
  private final RecordSorter<IndexRecord> missing;
  private final RecordSorter<IndexRecord> differing;
  private final RecordSorter<IndexRecord> unproven;

  UploadPlan(Path scratch, UploadReport report) {
    this.report = report;
    this.missing = new RecordSorter<>(IndexCodec.INSTANCE, scratch, "missing");
    this.differing = new RecordSorter<>(IndexCodec.INSTANCE, scratch, "differing");
    this.unproven = new RecordSorter<>(IndexCodec.INSTANCE, scratch, "unproven");
  }

  /** Compares by keys, sizes and ETags: two streams in key order. */
  void compare(
      RecordStream<IndexRecord> wanted, RecordStream<IndexRecord> listed, Cancellation cancellation)
      throws IOException {
    @Nullable IndexRecord head = listed.hasNext() ? listed.next() : null;
    while (wanted.hasNext()) {
      cancellation.throwIfCancelled();
      IndexRecord entry = wanted.next();
      while (head != null && KeyOrder.compare(head.key(), entry.key()) < 0) {
        head = listed.hasNext() ? listed.next() : null;
      }
      if (head == null || !head.key().equals(entry.key())) {
        addMissing(entry);
      } else {
        compare(entry, head);
      }
    }
  }

  private void compare(IndexRecord entry, IndexRecord there) throws IOException {
    String etag = report.share().etag(entry);
    if (report.share().size(entry) != there.size()) {
      addDiffering(entry, there.size() + " bytes, ETag " + there.etag());
    } else if (isMd5(entry, etag)
        && etag.toLowerCase(Locale.ROOT).equals(there.etag().toLowerCase(Locale.ROOT))) {
      report.skipped();
    } else {
      synchronized (this) {
        // With the ETag of the other side: their own has just proved to be of no use.
        unproven.add(
            new IndexRecord(
                entry.key(),
                entry.size(),
                entry.sha256(),
                there.etag(),
                entry.lastModified(),
                entry.covered()));
      }
    }
  }

  /** Whether the source's ETag says what bytes there have to be. */
  private static boolean isMd5(IndexRecord entry, String etag) {
    return switch (entry.check()) {
      case ETAG, UNKNOWN -> Etag.isMd5(etag);
      // The bytes were compared with something else, or with nothing.
      case CHECKSUM, LENGTH -> false;
    };
  }

  synchronized void addMissing(IndexRecord entry) throws IOException {
    report.wanted(entry);
    missing.add(entry);
  }

  /** Something that the target holds with other bytes: sent, or only told of. */
  synchronized void addDiffering(IndexRecord entry, String found) throws IOException {
    if (report.replaces()) {
      report.wanted(entry);
      differing.add(entry);
    }
    if (!report.replaces() || report.options().dryRun()) {
      report.differs(entry, found);
    }
  }

  /**
   * What the target lists with the same size and an ETag that proves nothing: that ETag in each.
   */
  RecordStream<IndexRecord> unproven() throws IOException {
    return unproven.sorted();
  }

  RecordStream<IndexRecord> missing() throws IOException {
    return missing.sorted();
  }

  /** What is to be overwritten. */
  RecordStream<IndexRecord> differing() throws IOException {
    return differing.sorted();
  }
}
