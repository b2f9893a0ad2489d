package io.parsecbackup.sync;

import io.parsecbackup.repository.Damage;
import io.parsecbackup.repository.IndexRecord;

/** What becomes of each object: counted, and told where it is not as it should be. */
record RestoreReport(
    RestoreOptions options, RestoreCounters counters, BucketRestore.Listener listener) {

  /** The target holds other bytes under the key: the one word that is not {@link Damage}'s. */
  private static final String DIFFERS = "differs";

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

  void damaged(Damage damage) {
    counters.damaged.increment();
    listener.found(damage.name(), damage.kind().word(), damage.expected(), damage.found());
  }

  void differs(IndexRecord entry, String found) {
    counters.differing.increment();
    listener.found(entry.key(), DIFFERS, entry.size() + " bytes, SHA-256 " + entry.sha256(), found);
  }
}
