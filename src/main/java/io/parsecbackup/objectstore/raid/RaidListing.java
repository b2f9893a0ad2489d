package io.parsecbackup.objectstore.raid;

import io.parsecbackup.objectstore.listing.ListedObject;
import io.parsecbackup.parsec.Raid0;
import io.parsecbackup.parsec.RaidMode;
import io.parsecbackup.repository.index.IndexRecord;
import io.parsecbackup.repository.index.KeyOrder;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/**
 * The listings of a RAID's nodes as one listing of whole objects, in key order and each once.
 *
 * <ul>
 *   <li>RAID0: what the right node lists; on another one it is nobody's.
 *   <li>RAID1: what any node lists. Where the sizes differ, the one that most nodes have counts,
 *       and of as many the largest, for a copy that broke off is shorter; the ETags of the others
 *       are not known then.
 *   <li>RAID5: what enough nodes list with one length of chunk, chosen in the same way, and that
 *       length as {@link SourceLayout#listedSize} has it.
 * </ul>
 *
 * The date is the newest of those nodes.
 */
final class RaidListing implements Iterator<IndexRecord> {

  private final RaidMode mode;
  private final List<Node> nodes;
  private final RaidCounters counters;
  private @Nullable IndexRecord next;

  /**
   * @param listings in the order of the nodes, each in key order; that of a node that cannot be
   *     listed is empty
   */
  RaidListing(
      RaidMode mode, List<? extends Iterator<IndexRecord>> listings, RaidCounters counters) {
    this.mode = mode;
    this.nodes = listings.stream().map(Node::new).toList();
    this.counters = counters;
    this.next = advance();
  }

  @Override
  public boolean hasNext() {
    return next != null;
  }

  @Override
  public IndexRecord next() {
    IndexRecord result = next;
    if (result == null) {
      throw new NoSuchElementException();
    }
    next = advance();
    return result;
  }

  private @Nullable IndexRecord advance() {
    while (true) {
      List<@Nullable IndexRecord> entries = takeFirst();
      if (entries.isEmpty()) {
        return null;
      }
      IndexRecord whole = mode == RaidMode.RAID0 ? onItsNode(entries) : together(entries);
      if (whole != null) {
        return whole;
      }
    }
  }

  /** What each node says of the first key; empty at the end. */
  private List<@Nullable IndexRecord> takeFirst() {
    @Nullable String first = null;
    for (Node node : nodes) {
      if (node.head != null && (first == null || KeyOrder.compare(node.head.key(), first) < 0)) {
        first = node.head.key();
      }
    }
    List<@Nullable IndexRecord> entries = new ArrayList<>();
    if (first != null) {
      for (Node node : nodes) {
        entries.add(node.take(first));
      }
    }
    return entries;
  }

  private @Nullable IndexRecord onItsNode(List<@Nullable IndexRecord> entries) {
    IndexRecord right = null;
    for (int i = 0; i < entries.size(); i++) {
      IndexRecord entry = entries.get(i);
      if (entry != null && Raid0.node(entry.key(), nodes.size()) == i) {
        right = entry;
      } else if (entry != null) {
        counters.misplaced.increment();
      }
    }
    return right;
  }

  private @Nullable IndexRecord together(List<@Nullable IndexRecord> entries) {
    Map<Long, Integer> sizes = new HashMap<>();
    for (IndexRecord entry : entries) {
      if (entry != null) {
        sizes.merge(entry.size(), 1, Integer::sum);
      }
    }
    long size =
        Collections.max(
                sizes.entrySet(),
                Map.Entry.<Long, Integer>comparingByValue()
                    .thenComparing(Map.Entry.comparingByKey(Comparator.naturalOrder())))
            .getKey();
    List<String> etags = new ArrayList<>();
    int alike = 0;
    Instant newest = Instant.MIN;
    String key = "";
    for (IndexRecord entry : entries) {
      if (entry == null || entry.size() != size) {
        etags.add("");
        continue;
      }
      key = entry.key();
      etags.add(entry.etag());
      alike++;
      newest = newest.isAfter(entry.lastModified()) ? newest : entry.lastModified();
    }
    boolean chunks = mode == RaidMode.RAID5;
    // No chunk is empty: a block's length is in the first of them.
    if (alike < nodes.size() - mode.mayLose(nodes.size()) || (chunks && size == 0)) {
      counters.partial.increment();
      return null;
    }
    if (alike < nodes.size()) {
      counters.listedDegraded.increment();
      if (chunks && !hasAllData(entries, size)) {
        counters.listedWithoutData.increment();
      }
    }
    return new ListedObject(key, chunks ? -size : size, new NodeEtags(mode, etags).text(), newest)
        .asRecord();
  }

  /** Whether all nodes but the last, which has the parity, list their chunk with that size. */
  private static boolean hasAllData(List<@Nullable IndexRecord> entries, long size) {
    for (IndexRecord chunk : entries.subList(0, entries.size() - 1)) {
      if (chunk == null || chunk.size() != size) {
        return false;
      }
    }
    return true;
  }

  /** A node's listing, and the record at which it stands. */
  private static final class Node {
    private final Iterator<IndexRecord> listing;
    private @Nullable IndexRecord head;

    Node(Iterator<IndexRecord> listing) {
      this.listing = listing;
      step();
    }

    @Nullable IndexRecord take(String key) {
      IndexRecord taken = head;
      if (taken == null || !taken.key().equals(key)) {
        return null;
      }
      step();
      return taken;
    }

    private void step() {
      head = listing.hasNext() ? listing.next() : null;
    }
  }
}
