package io.parsecbackup.objectstore.raid;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.LongAdder;

/** How many objects are not complete on a RAID's nodes. Several threads write these counters. */
public final class RaidCounters {

  final LongAdder degraded = new LongAdder();
  final LongAdder listedDegraded = new LongAdder();
  final LongAdder withoutData = new LongAdder();
  final LongAdder listedWithoutData = new LongAdder();
  final LongAdder misplaced = new LongAdder();
  final LongAdder partial = new LongAdder();

  /** All counters by name, for {@link #add}. */
  public Map<String, Long> figures() {
    Map<String, Long> figures = new TreeMap<>();
    adders().forEach((name, adder) -> figures.put(name, adder.sum()));
    return figures;
  }

  /** Adds what another process of the same run has counted. */
  public void add(Map<String, Long> figures) {
    adders().forEach((name, adder) -> adder.add(figures.getOrDefault(name, 0L)));
  }

  private Map<String, LongAdder> adders() {
    return Map.of(
        "degraded", degraded,
        "listedDegraded", listedDegraded,
        "withoutData", withoutData,
        "listedWithoutData", listedWithoutData,
        "misplaced", misplaced,
        "partial", partial);
  }

  /**
   * Objects that were fetched although a node did not return its copy or chunk, or returned one of
   * another size. The loss of another copy or chunk may lose the object.
   */
  public long degraded() {
    return degraded.sum();
  }

  /** Objects that not every node lists, or not with the same size. */
  public long listedDegraded() {
    return listedDegraded.sum();
  }

  /**
   * The degraded RAID5 objects whose missing chunk holds data. The Parsec server does not use the
   * parity, so it cannot read them.
   */
  public long unreadableByServer() {
    return Math.max(withoutData.sum(), listedWithoutData.sum());
  }

  /** Objects that are listed by a node other than the one that RAID0 stores them on. */
  public long misplaced() {
    return misplaced.sum();
  }

  /** RAID5 objects of which the nodes list too few chunks. */
  public long partial() {
    return partial.sum();
  }
}
