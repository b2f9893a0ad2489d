package io.parsecbackup.objectstore.raid;

import io.parsecbackup.objectstore.content.Etag;
import io.parsecbackup.parsec.RaidMode;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The ETags that several buckets give for one object, as one text where else a single ETag stands:
 * {@code raid1} or {@code raid5} and one part for each node, between spaces, which no ETag has (RFC
 * 9110, section 8.8.3). With RAID1 they are those of copies with the object's bytes, with RAID5
 * those of its chunks.
 *
 * @param parts in the order of the nodes; {@link #UNKNOWN} where a node has none, or none was read
 */
public record NodeEtags(RaidMode mode, List<String> parts) {

  static final String UNKNOWN = "-";

  public NodeEtags {
    parts = parts.stream().map(part -> part.isEmpty() ? UNKNOWN : part).toList();
  }

  /** The ETags behind {@code text}; empty where it is a single bucket's. */
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
   * Whether two texts are of the same bytes: single ETags that are equal; or ETags of nodes that
   * are equal wherever both are known, and known of as many nodes as it takes to make the object.
   */
  public static boolean agree(String held, String listed) {
    Optional<NodeEtags> ours = parse(held);
    Optional<NodeEtags> theirs = parse(listed);
    return (ours.isPresent() && theirs.isPresent())
        ? ours.get().agrees(theirs.get())
        : held.equals(listed);
  }

  /** Whether all that is known are MD5s of what was uploaded, to go by their form. */
  public static boolean areMd5(String etag) {
    Optional<NodeEtags> nodes = parse(etag);
    return nodes.isEmpty() ? Etag.isMd5(etag) : nodes.get().areMd5();
  }

  /** Whether one that is known is an MD5 of what was uploaded, to go by its form. */
  public static boolean haveMd5(String etag) {
    return Stream.of(etag.split(" ", -1)).anyMatch(Etag::isMd5);
  }

  /** The ETag that one bucket gave for the whole object; empty where none did. */
  static String ofWhole(String etag) {
    Optional<NodeEtags> nodes = parse(etag);
    return nodes.isEmpty()
        ? etag
        : nodes
            .filter(known -> known.mode == RaidMode.RAID1)
            .flatMap(known -> known.parts.stream().filter(p -> !p.equals(UNKNOWN)).findFirst())
            .orElse("");
  }

  /** Those that {@code etag} names, where it is of this mode and so many nodes. */
  static Optional<NodeEtags> of(RaidMode mode, int nodes, String etag) {
    return parse(etag).filter(found -> found.mode == mode && found.parts.size() == nodes);
  }

  /** The ETag of one node; empty where it is not known. */
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
