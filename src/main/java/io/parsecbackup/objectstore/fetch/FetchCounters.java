package io.parsecbackup.objectstore.fetch;

import io.parsecbackup.objectstore.raid.RaidCounters;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;

/** What a sync has done so far; written by many threads, read by whoever shows progress. */
public final class FetchCounters {

  final LongAdder listed = new LongAdder();
  final LongAdder wanted = new LongAdder();
  final LongAdder wantedBytes = new LongAdder();
  final LongAdder copied = new LongAdder();
  final LongAdder copiedBytes = new LongAdder();
  final LongAdder skipped = new LongAdder();
  public final LongAdder missing = new LongAdder();
  public final LongAdder accepted = new LongAdder();
  final LongAdder failed = new LongAdder();
  final LongAdder refused = new LongAdder();
  final LongAdder conflicts = new LongAdder();
  final LongAdder orphans = new LongAdder();
  final LongAdder gone = new LongAdder();
  final LongAdder checkedByLengthOnly = new LongAdder();

  volatile Optional<String> uncompared = Optional.empty();

  private final RaidCounters raid = new RaidCounters();

  /** What the source's nodes did not have as they should, where it has several. */
  public RaidCounters raid() {
    return raid;
  }

  /** Why the listing was not compared although it was to be, where the sync went on without it. */
  public Optional<String> uncompared() {
    return uncompared;
  }

  /** Objects that the listing has named so far. */
  public long listed() {
    return listed.sum();
  }

  /** Objects found so far that have to be fetched. */
  public long wanted() {
    return wanted.sum();
  }

  /** Their bytes, as the listing gives them. */
  public long wantedBytes() {
    return wantedBytes.sum();
  }

  public long copied() {
    return copied.sum();
  }

  public long copiedBytes() {
    return copiedBytes.sum();
  }

  /** Objects that the repository already held. */
  public long skipped() {
    return skipped.sum();
  }

  /**
   * Objects that the dump refers to and that are not here with the size that it says; where that is
   * not known, objects that were listed and then gone.
   */
  public long missing() {
    return missing.sum();
  }

  /** Objects that would be missing or failed, had their loss not been accepted. */
  public long accepted() {
    return accepted.sum();
  }

  /** Objects that could not be read. */
  public long failed() {
    return failed.sum();
  }

  /** Counts keys that cannot be. */
  public void refuse(long keys) {
    refused.add(keys);
  }

  /** Keys that no file can have. */
  public long refused() {
    return refused.sum();
  }

  /** Objects of which two different bytes were seen: one of them is under {@code conflicts/}. */
  public long conflicts() {
    return conflicts.sum();
  }

  /** Listed objects that the dump does not refer to. */
  public long orphans() {
    return orphans.sum();
  }

  /** Objects that the dump refers to, that are whole here, and that the bucket no longer lists. */
  public long gone() {
    return gone.sum();
  }

  /** Of the copied ones, those whose ETag is no MD5. */
  public long checkedByLengthOnly() {
    return checkedByLengthOnly.sum();
  }
}
