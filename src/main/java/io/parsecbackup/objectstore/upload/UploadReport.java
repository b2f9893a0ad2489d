package io.parsecbackup.objectstore.upload;

import io.parsecbackup.objectstore.raid.NodeShare;
import io.parsecbackup.repository.index.IndexRecord;
import io.parsecbackup.repository.storage.Damage;

/** What becomes of each object: counted, and told where it is not as it should be. */
record UploadReport(
    UploadOptions options,
    UploadCounters counters,
    NodeShare share,
    BucketUploader.Listener listener) {

  boolean replaces() {
    return options.replace();
  }

  void wanted(IndexRecord entry) {
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

  void damaged(Damage damage) {
    counters.damaged.increment();
    listener.found(damage.name(), damage.kind().word(), damage.expected(), damage.found());
  }

  void differs(IndexRecord entry, String found) {
    counters.differing.increment();
    listener.found(entry.key(), BucketUploader.DIFFERS, share.words(entry), found);
  }
}
