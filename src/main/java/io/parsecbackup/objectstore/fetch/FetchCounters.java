package io.parsecbackup.objectstore.fetch;

import io.parsecbackup.objectstore.raid.RaidCounters;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.LongAdder;

/** The counters of a run. Several threads write them; the progress display reads them. */
public final class FetchCounters {

  final LongAdder listed = new LongAdder();
  final LongAdder wanted = new LongAdder();
  final LongAdder wantedBytes = new LongAdder();
  final LongAdder copied = new LongAdder();
  final LongAdder copiedBytes = new LongAdder();
  final LongAdder skipped = new LongAdder();
  final LongAdder missing = new LongAdder();
  final LongAdder accepted = new LongAdder();
  final LongAdder failed = new LongAdder();
  final LongAdder refused = new LongAdder();
  final LongAdder conflicts = new LongAdder();
  final LongAdder orphans = new LongAdder();
  final LongAdder gone = new LongAdder();
  final LongAdder checkedByLengthOnly = new LongAdder();

  volatile Optional<String> uncompared = Optional.empty();

  private final RaidCounters raid = new RaidCounters();

  /** All counters by name, for {@link #add}. */
  public Map<String, Long> figures() {
    Map<String, Long> figures = new TreeMap<>(raid.figures());
    adders().forEach((name, adder) -> figures.put(name, adder.sum()));
    return figures;
  }

  /** Adds what another process of the same run has counted. */
  public void add(Map<String, Long> figures) {
    adders().forEach((name, adder) -> adder.add(figures.getOrDefault(name, 0L)));
    raid.add(figures);
  }

  private Map<String, LongAdder> adders() {
    return Map.ofEntries(
        Map.entry("listed", listed),
        Map.entry("copied", copied),
        Map.entry("copiedBytes", copiedBytes),
        Map.entry("skipped", skipped),
        Map.entry("missing", missing),
        Map.entry("accepted", accepted),
        Map.entry("failed", failed),
        Map.entry("refused", refused),
        Map.entry("conflicts", conflicts),
        Map.entry("orphans", orphans),
        Map.entry("gone", gone),
        Map.entry("checkedByLengthOnly", checkedByLengthOnly));
  }

  /** Objects that are not complete on the nodes of a RAID. */
  public RaidCounters raid() {
    return raid;
  }

  /** Why the run continued without the listing; empty if it did not have to. */
  public Optional<String> uncompared() {
    return uncompared;
  }

  /** Listed objects so far. */
  public long listed() {
    return listed.sum();
  }

  /** Objects to fetch that were found so far. */
  public long wanted() {
    return wanted.sum();
  }

  /** Their bytes, as far as their sizes are known. */
  public long wantedBytes() {
    return wantedBytes.sum();
  }

  public long copied() {
    return copied.sum();
  }

  public long copiedBytes() {
    return copiedBytes.sum();
  }

  /** Objects that the repository already had. */
  public long skipped() {
    return skipped.sum();
  }

  /**
   * Objects that the dump refers to and that the repository does not have with the right size. If
   * references are unknown: objects that were listed and then no longer existed.
   */
  public long missing() {
    return missing.sum();
  }

  /** Counts an object that the dump refers to and that is missing. */
  public void countMissing(boolean isAccepted) {
    (isAccepted ? accepted : missing).increment();
  }

  /** Objects whose loss was accepted; otherwise they would count as missing or failed. */
  public long accepted() {
    return accepted.sum();
  }

  /** Objects that could not be read. */
  public long failed() {
    return failed.sum();
  }

  /** Counts refused keys. */
  public void refuse(long keys) {
    refused.add(keys);
  }

  /** Keys that cannot be file names. */
  public long refused() {
    return refused.sum();
  }

  /** Objects that exist with different bytes; some of these are under {@code conflicts/}. */
  public long conflicts() {
    return conflicts.sum();
  }

  /** Listed objects that the dump does not refer to. */
  public long orphans() {
    return orphans.sum();
  }

  /** Objects that the dump refers to, the repository has, and the source no longer lists. */
  public long gone() {
    return gone.sum();
  }

  /** Fetched objects that could be checked by their length only. */
  public long checkedByLengthOnly() {
    return checkedByLengthOnly.sum();
  }
}
