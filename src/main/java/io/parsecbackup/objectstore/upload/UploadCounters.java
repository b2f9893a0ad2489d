package io.parsecbackup.objectstore.upload;

import java.util.concurrent.atomic.LongAdder;

/** The counters of an upload. Several threads write them; the progress display reads them. */
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

  /** Objects to upload. All of them are counted before the first upload starts. */
  public long wanted() {
    return wanted.sum();
  }

  /** The bytes of the objects to upload. */
  public long wantedBytes() {
    return wantedBytes.sum();
  }

  /** Uploaded objects, including those of {@link #replaced}. */
  public long sent() {
    return sent.sum();
  }

  public long sentBytes() {
    return sentBytes.sum();
  }

  /** Objects that the target already had with the same bytes. */
  public long skipped() {
    return skipped.sum();
  }

  /** Objects that have other bytes in the target and were not replaced. */
  public long differing() {
    return differing.sum();
  }

  /** Objects whose other bytes in the target were overwritten. */
  public long replaced() {
    return replaced.sum();
  }

  /** Objects that the repository does not have intact, and that were not uploaded. */
  public long damaged() {
    return damaged.sum();
  }

  /** Objects that could not be uploaded to the target or compared with it. */
  public long failed() {
    return failed.sum();
  }
}
