package io.parsecbackup.copy;

import io.parsecbackup.job.ProgressReport;
import java.util.concurrent.atomic.LongAdder;

/** What was done at one place. Several threads write it. */
final class CopyCounters {

  private final LongAdder backups = new LongAdder();
  private final LongAdder objects = new LongAdder();
  private final LongAdder bytes = new LongAdder();
  private final LongAdder ofObjects = new LongAdder();
  private final LongAdder ofBytes = new LongAdder();

  /** Adds objects that will be copied. */
  void planned(long count, long size) {
    ofObjects.add(count);
    ofBytes.add(size);
  }

  /** Forgets the objects that were added and are not copied yet. */
  void replan() {
    ofObjects.reset();
    ofBytes.reset();
    planned(objects(), bytes());
  }

  void copied(long size) {
    objects.increment();
    bytes.add(size);
  }

  void published() {
    backups.increment();
  }

  long backups() {
    return backups.sum();
  }

  long objects() {
    return objects.sum();
  }

  long bytes() {
    return bytes.sum();
  }

  ProgressReport.Counts progress() {
    return new ProgressReport.Counts(objects(), ofObjects.sum(), bytes(), ofBytes.sum());
  }
}
