package io.parsecbackup.objectstore.raid;

import io.parsecbackup.objectstore.content.Etag;
import io.parsecbackup.parsec.RaidMode;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The ETags that several buckets have for one object, as one text in place of a single ETag: {@code
 * raid1} or {@code raid5} and one part for each node, separated by spaces. No ETag contains a space
 * (RFC 9110, section 8.8.3). With RAID1 they are the ETags of copies with the object's bytes, with
 * RAID5 those of its chunks.
 *
 * @param parts in the order of the nodes; {@link #UNKNOWN} if a node has none, or it was not read
 */
public record NodeEtags(RaidMode mode, List<String> parts) {

  static final String UNKNOWN = "-";

  public NodeEtags {
    parts = parts.stream().map(part -> part.isEmpty() ? UNKNOWN : part).toList();
  }

  /** The ETags in {@code text}; empty if it is the ETag of a single bucket. */
  static Optional<NodeEtags> parse(String text) {
    String[] words = text.split(" ", -1);
    return words.length < 2
        ? Optional.empty()
        : Stream.of(RaidMode.RAID1, RaidMode.RAID5)
            .filter(mode -> word(mode).equals(words[0]))
            .findFirst()
            .map(mode -> new NodeEtags(mode, List.of(words).subList(1, words.length)));
  }

  /**
   * Whether two texts stand for the same bytes. Single ETags must be equal. ETags of nodes must be
   * equal wherever both are known, and be known for enough nodes to form the object.
   */
  public static boolean agree(String held, String listed) {
    Optional<NodeEtags> ours = parse(held);
    Optional<NodeEtags> theirs = parse(listed);
    return (ours.isPresent() && theirs.isPresent())
        ? ours.get().agrees(theirs.get())
        : held.equals(listed);
  }

  /** Whether all known ETags have the form of an MD5. */
  public static boolean areMd5(String etag) {
    Optional<NodeEtags> nodes = parse(etag);
    return nodes.isEmpty() ? Etag.isMd5(etag) : nodes.get().areMd5();
  }

  /** Whether a known ETag has the form of an MD5. */
  public static boolean haveMd5(String etag) {
    return Stream.of(etag.split(" ", -1)).anyMatch(Etag::isMd5);
  }

  /** The ETag of the whole object in one bucket; empty if no bucket has it whole. */
  static String ofWhole(String etag) {
    Optional<NodeEtags> nodes = parse(etag);
    return nodes.isEmpty()
        ? etag
        : nodes
            .filter(known -> known.mode == RaidMode.RAID1)
            .flatMap(known -> known.parts.stream().filter(p -> !p.equals(UNKNOWN)).findFirst())
            .orElse("");
  }

  /** The ETags in {@code etag}, if it is of this mode and this number of nodes. */
  static Optional<NodeEtags> of(RaidMode mode, int nodes, String etag) {
    return parse(etag).filter(found -> found.mode == mode && found.parts.size() == nodes);
  }

  /** The ETag of one node; empty if it is unknown. */
  String part(int node) {
    return isKnown(node) ? parts.get(node) : "";
  }

  boolean isKnown(int node) {
    return !parts.get(node).equals(UNKNOWN);
  }

  public String text() {
    return word(mode) + " " + String.join(" ", parts);
  }

  private boolean agrees(NodeEtags other) {
    if (mode != other.mode || parts.size() != other.parts.size()) {
      return false;
    }
    int equal = 0;
    for (int i = 0; i < parts.size(); i++) {
      if (isKnown(i) && other.isKnown(i)) {
        if (!parts.get(i).equals(other.parts.get(i))) {
          return false;
        }
        equal++;
      }
    }
    return equal >= parts.size() - mode.mayLose(parts.size());
  }

  private boolean areMd5() {
    List<String> known = parts.stream().filter(part -> !part.equals(UNKNOWN)).toList();
    return !known.isEmpty() && known.stream().allMatch(Etag::isMd5);
  }

  private static String word(RaidMode mode) {
    return mode.name().toLowerCase(Locale.ROOT);
  }
}
