package io.parsecbackup.objectstore.upload;

import java.util.concurrent.atomic.LongAdder;

/** What a restore has done so far; written by many threads, read by whoever shows progress. */
public final class UploadCounters {

  final LongAdder wanted = new LongAdder();
  final LongAdder wantedBytes = new LongAdder();
  final LongAdder sent = new LongAdder();
  final LongAdder sentBytes = new LongAdder();
  final LongAdder skipped = new LongAdder();
  final LongAdder differing = new LongAdder();
  final LongAdder replaced = new LongAdder();
  final LongAdder damaged = new LongAdder();
  final LongAdder failed = new LongAdder();

  /** Objects that have to be sent; all are counted before the first is sent. */
  public long wanted() {
    return wanted.sum();
  }

  /** Their bytes. */
  public long wantedBytes() {
    return wantedBytes.sum();
  }

  /** Objects that the target has taken, those of {@link #replaced} among them. */
  public long sent() {
    return sent.sum();
  }

  public long sentBytes() {
    return sentBytes.sum();
  }

  /** Objects that the target already held with the same bytes. */
  public long skipped() {
    return skipped.sum();
  }

  /** Objects that the target holds with other bytes, and that were left as they are. */
  public long differing() {
    return differing.sum();
  }

  /** Objects of the target whose other bytes were overwritten. */
  public long replaced() {
    return replaced.sum();
  }

  /** Objects whose bytes the repository does not have whole; nothing was sent of them. */
  public long damaged() {
    return damaged.sum();
  }

  /** Objects that the target would not take, or let be compared. */
  public long failed() {
    return failed.sum();
  }
}
