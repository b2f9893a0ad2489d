package io.parsecbackup.objectstore.raid;

import java.util.concurrent.atomic.LongAdder;

/** What a RAID's nodes did not have as they should; written by many threads. */
public final class RaidCounters {

  final LongAdder degraded = new LongAdder();
  final LongAdder listedDegraded = new LongAdder();
  final LongAdder withoutData = new LongAdder();
  final LongAdder listedWithoutData = new LongAdder();
  final LongAdder misplaced = new LongAdder();
  final LongAdder partial = new LongAdder();

  /**
   * Objects that were read while some node lacked its copy or chunk, had it with another size, or
   * did not give it: one more such loss, and they may be gone.
   */
  public long degraded() {
    return degraded.sum();
  }

  /** Objects that not all nodes list, or not with one size. */
  public long listedDegraded() {
    return listedDegraded.sum();
  }

  /**
   * Of the degraded ones, those of RAID5 with a missing data chunk: the Parsec server does not use
   * the parity, and cannot read them.
   */
  public long unreadableByServer() {
    return Math.max(withoutData.sum(), listedWithoutData.sum());
  }

  /** Objects that RAID0 would have on another node than the one that lists them. */
  public long misplaced() {
    return misplaced.sum();
  }

  /** Objects of which RAID5's nodes list too few chunks to make them. */
  public long partial() {
    return partial.sum();
  }
}
