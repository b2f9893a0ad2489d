package io.parsecbackup.objectstore.upload;

import io.parsecbackup.objectstore.raid.NodeShare;
import io.parsecbackup.repository.index.IndexRecord;
import io.parsecbackup.repository.storage.Damage;

/** Counts the result for each object, and reports objects that are damaged or differ. */
record UploadReport(
    UploadOptions options,
    NodeShare share,
    UploadCounters counters,
    UploadListener listener,
    UploadFailures failures) {

  boolean replaces() {
    return options.replace();
  }

  void planned(IndexRecord entry) {
    counters.wanted.increment();
    counters.wantedBytes.add(share.size(entry));
  }

  void sent(IndexRecord entry, boolean replacing) {
    counters.sent.increment();
    counters.sentBytes.add(share.size(entry));
    if (replacing) {
      counters.replaced.increment();
    }
  }

  void skipped() {
    counters.skipped.increment();
  }

  void damaged(IndexRecord entry, Damage damage) {
    counters.damaged.increment();
    listener.damaged(entry, damage);
  }

  void differs(IndexRecord entry, String found) {
    counters.differing.increment();
    listener.differs(entry.key(), share.describe(entry), found);
  }
}
