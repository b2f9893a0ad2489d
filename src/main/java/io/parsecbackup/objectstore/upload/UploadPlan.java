package io.parsecbackup.objectstore.upload;

import io.parsecbackup.Cancellation;
import io.parsecbackup.objectstore.content.Etag;
import io.parsecbackup.objectstore.listing.ListedObject;
import io.parsecbackup.repository.index.Cursor;
import io.parsecbackup.repository.index.IndexCodec;
import io.parsecbackup.repository.index.IndexRecord;
import io.parsecbackup.repository.index.RecordSorter;
import io.parsecbackup.repository.index.RecordStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The objects to upload, and those to compare first. The lists are in scratch files, so they may be
 * of any length. Several threads may add to them.
 */
final class UploadPlan {

  private final UploadReport report;
  private final RecordSorter<IndexRecord> missing;
  private final RecordSorter<IndexRecord> differing;
  private final RecordSorter<UncheckedObject> unchecked;

  UploadPlan(Path scratch, UploadReport report) {
    this.report = report;
    this.missing = new RecordSorter<>(IndexCodec.INSTANCE, scratch, "missing");
    this.differing = new RecordSorter<>(IndexCodec.INSTANCE, scratch, "differing");
    this.unchecked = new RecordSorter<>(UncheckedObject.CODEC, scratch, "unchecked");
  }

  /** Compares keys, sizes and ETags of two streams in key order. */
  void compare(
      RecordStream<IndexRecord> backup,
      RecordStream<ListedObject> listed,
      Cancellation cancellation)
      throws IOException {
    Cursor<ListedObject> target = new Cursor<>(listed, ListedObject::key);
    while (backup.hasNext()) {
      cancellation.throwIfCancelled();
      IndexRecord entry = backup.next();
      Optional<ListedObject> there = target.take(entry.key());
      if (there.isEmpty()) {
        addMissing(entry);
      } else {
        compare(entry, there.get());
      }
    }
  }

  private void compare(IndexRecord entry, ListedObject there) throws IOException {
    String etag = report.share().etag(entry);
    if (report.share().size(entry) != there.size()) {
      addDiffering(entry, there.size() + " bytes, ETag " + there.etag());
    } else if (isMd5(entry, etag) && etag.equalsIgnoreCase(there.etag())) {
      report.skipped();
    } else {
      synchronized (this) {
        unchecked.add(new UncheckedObject(entry, there.etag()));
      }
    }
  }

  /** Whether the source's ETag is an MD5, so that an equal ETag proves equal bytes. */
  private static boolean isMd5(IndexRecord entry, String etag) {
    return switch (entry.check()) {
      case ETAG, UNKNOWN -> Etag.isMd5(etag);
      // The bytes were checked against something else, or against nothing.
      case CHECKSUM, LENGTH -> false;
    };
  }

  synchronized void addMissing(IndexRecord entry) throws IOException {
    report.planned(entry);
    missing.add(entry);
  }

  /** Adds an object that has other bytes in the target: to be replaced, or only reported. */
  synchronized void addDiffering(IndexRecord entry, String found) throws IOException {
    if (report.replaces()) {
      report.planned(entry);
      differing.add(entry);
    }
    if (!report.replaces() || report.options().dryRun()) {
      report.differs(entry, found);
    }
  }

  /** Objects to compare by their bytes. */
  RecordStream<UncheckedObject> unchecked() throws IOException {
    return unchecked.sorted();
  }

  /** Objects that the target does not have. */
  RecordStream<IndexRecord> missing() throws IOException {
    return missing.sorted();
  }

  /** Objects to replace. */
  RecordStream<IndexRecord> differing() throws IOException {
    return differing.sorted();
  }
}
