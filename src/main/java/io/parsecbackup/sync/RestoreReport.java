package io.parsecbackup.sync;

import io.parsecbackup.repository.IndexRecord;

/** What becomes of each object: counted, and told where it is not as it should be. */
record RestoreReport(
    RestoreOptions options, RestoreCounters counters, ObjectFinding.Listener listener) {

  boolean replaces() {
    return options.replace();
  }

  void wanted(IndexRecord entry) {
    counters.wanted.increment();
    counters.wantedBytes.add(entry.size());
  }

  void sent(IndexRecord entry, boolean replacing) {
    counters.sent.increment();
    counters.sentBytes.add(entry.size());
    if (replacing) {
      counters.replaced.increment();
    }
  }

  void skipped() {
    counters.skipped.increment();
  }

  void damaged(IndexRecord entry, SourceFiles.Damaged damaged) {
    counters.damaged.increment();
    listener.found(entry.key(), damaged.problem().word(), damaged.expected(), damaged.found());
  }

  void differs(IndexRecord entry, String found) {
    counters.differing.increment();
    listener.found(
        entry.key(),
        ObjectFinding.DIFFERS.word(),
        entry.size() + " bytes, SHA-256 " + entry.sha256(),
        found);
  }
}
