package io.parsecbackup.objectstore.raid;

import io.parsecbackup.objectstore.listing.ListedObject;
import io.parsecbackup.parsec.Raid0;
import io.parsecbackup.parsec.RaidMode;
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
 *   <li>RAID0: the objects that the right node lists. Objects on another node are ignored.
 *   <li>RAID1: the objects that any node lists. If the sizes differ, the most frequent one is used.
 *       If two are equally frequent, the larger one is, because an incomplete copy is shorter.
 *       ETags of copies with other sizes are left out.
 *   <li>RAID5: the objects that enough nodes list with the same chunk length, which is chosen in
 *       the same way.
 * </ul>
 *
 * The date is the newest of those nodes.
 */
final class RaidListing implements Iterator<SourceObject> {

  private final RaidMode mode;
  private final List<Node> nodes;
  private final RaidCounters counters;
  private @Nullable SourceObject next;

  /**
   * @param listings in the order of the nodes, each in key order; the listing of a node that cannot
   *     be listed is empty
   */
  RaidListing(
      RaidMode mode, List<? extends Iterator<ListedObject>> listings, RaidCounters counters) {
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
  public SourceObject next() {
    SourceObject result = next;
    if (result == null) {
      throw new NoSuchElementException();
    }
    next = advance();
    return result;
  }

  private @Nullable SourceObject advance() {
    while (true) {
      List<@Nullable ListedObject> entries = takeFirst();
      if (entries.isEmpty()) {
        return null;
      }
      SourceObject whole = mode == RaidMode.RAID0 ? onItsNode(entries) : together(entries);
      if (whole != null) {
        return whole;
      }
    }
  }

  /** The entries of all nodes for the lowest key; an empty list at the end. */
  private List<@Nullable ListedObject> takeFirst() {
    @Nullable String first = null;
    for (Node node : nodes) {
      if (node.head != null && (first == null || KeyOrder.compare(node.head.key(), first) < 0)) {
        first = node.head.key();
      }
    }
    List<@Nullable ListedObject> entries = new ArrayList<>();
    if (first != null) {
      for (Node node : nodes) {
        entries.add(node.take(first));
      }
    }
    return entries;
  }

  private @Nullable SourceObject onItsNode(List<@Nullable ListedObject> entries) {
    SourceObject right = null;
    for (int i = 0; i < entries.size(); i++) {
      ListedObject entry = entries.get(i);
      if (entry != null && Raid0.node(entry.key(), nodes.size()) == i) {
        right = SourceObject.of(entry);
      } else if (entry != null) {
        counters.misplaced.increment();
      }
    }
    return right;
  }

  private @Nullable SourceObject together(List<@Nullable ListedObject> entries) {
    Map<Long, Integer> sizes = new HashMap<>();
    for (ListedObject entry : entries) {
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
    for (ListedObject entry : entries) {
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
    // No chunk is empty: the first one contains the block's length.
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
    return new SourceObject(
        key,
        chunks ? new ListedSize.Chunks(size) : new ListedSize.Whole(size),
        new NodeEtags(mode, etags).text(),
        newest);
  }

  /** Whether all nodes but the last, which has the parity, list their chunk with that size. */
  private static boolean hasAllData(List<@Nullable ListedObject> entries, long size) {
    for (ListedObject chunk : entries.subList(0, entries.size() - 1)) {
      if (chunk == null || chunk.size() != size) {
        return false;
      }
    }
    return true;
  }

  /** A node's listing and its current object. */
  private static final class Node {
    private final Iterator<ListedObject> listing;
    private @Nullable ListedObject head;

    Node(Iterator<ListedObject> listing) {
      this.listing = listing;
      step();
    }

    @Nullable ListedObject take(String key) {
      ListedObject taken = head;
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
