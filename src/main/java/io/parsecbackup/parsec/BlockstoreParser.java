package io.parsecbackup.parsec;

import static io.parsecbackup.parsec.BlockstoreGrammar.wrong;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * Reads the value of {@code PARSEC_BLOCKSTORE}, in the whole grammar of the Parsec server 3.9: one
 * or more configurations separated by white space, which may be combined as RAID nodes.
 */
public final class BlockstoreParser {

  private static final Pattern INDEX = Pattern.compile("\\d{1,9}");

  /** A configuration's text, split at its first two colons. A RAID prefix has no escapes. */
  private record Prefix(RaidMode mode, String word, String index, String rest) {
    static Optional<Prefix> of(String config) {
      String[] parts = config.split(":", 3);
      return RaidMode.named(parts[0])
          .map(mode ->
              new Prefix(
                  mode,
                  parts[0],
                  parts.length > 1 ? parts[1] : "",
                  parts.length > 2 ? parts[2] : ""));
    }
  }

  private BlockstoreParser() {}

  /**
   * Reads a whole value.
   *
   * @throws io.parsecbackup.Problem of kind CONFIGURATION when the value is invalid. The message
   *     says where and what is expected, and quotes nothing of the value
   */
  public static Blockstore parse(String value) {
    List<String> configs = BlockstoreGrammar.splitAtWhiteSpace(value);
    if (configs.isEmpty()) {
      throw wrong("", "is empty. " + BlockstoreGrammar.FORMS);
    }
    return combine(configs);
  }

  /**
   * Reads one bucket, {@code s3:…}, in the same grammar.
   *
   * @param setting has the value, for messages
   * @throws io.parsecbackup.Problem as {@link #parse}
   */
  public static Blockstore.S3 bucket(String setting, String value) {
    return BlockstoreGrammar.bucket(setting, value);
  }

  private static Blockstore combine(List<String> configs) {
    List<Optional<Prefix>> prefixes = configs.stream().map(Prefix::of).toList();
    Optional<Prefix> first = prefixes.stream().flatMap(Optional::stream).findFirst();
    if (first.isEmpty()) {
      if (configs.size() > 1) {
        throw wrong(
            "",
            "holds "
                + configs.size()
                + " configurations without RAID. Write only one, without white space in it, or put"
                + " RAID0:, RAID1: or RAID5: and an index before each.");
      }
      return BlockstoreGrammar.single(configs.getFirst(), "");
    }
    return raid(first.get(), prefixes);
  }

  private static Blockstore raid(Prefix first, List<Optional<Prefix>> prefixes) {
    int count = prefixes.size();
    Map<Integer, Blockstore> nodes = new TreeMap<>();
    for (int i = 0; i < count; i++) {
      String where = "configuration " + (i + 1) + " of " + count;
      Prefix prefix =
          prefixes
              .get(i)
              .orElseThrow(() ->
                  wrong(
                      where,
                      "has no RAID prefix, but another one has. Put "
                          + first.word()
                          + ": and an index before each."));
      requireSameWord(first, prefix, where);
      int index = index(prefix, count, where);
      Blockstore node = node(prefix, where);
      if (nodes.putIfAbsent(index, node) != null) {
        throw wrong(where, "has the index " + index + " a second time. " + indexes(count));
      }
    }
    if (count < first.mode().minimumNodes()) {
      throw wrong(
          "",
          "names "
              + count
              + " node(s) for "
              + first.mode()
              + ", which needs at least "
              + first.mode().minimumNodes()
              + ".");
    }
    return new Blockstore.Raid(first.mode(), List.copyOf(nodes.values()));
  }

  private static void requireSameWord(Prefix first, Prefix prefix, String where) {
    if (!prefix.word().equals(first.word())) {
      throw wrong(
          where,
          "has the RAID prefix "
              + prefix.word()
              + ", but the first one has "
              + first.word()
              + ". Use the same prefix, in the same case, for each.");
    }
  }

  private static int index(Prefix prefix, int count, String where) {
    if (!INDEX.matcher(prefix.index()).matches()) {
      throw wrong(
          where,
          "has no number between its first two colons. Write "
              + prefix.word()
              + ":INDEX:CONFIG. "
              + indexes(count));
    }
    int index = Integer.parseInt(prefix.index());
    if (index >= count) {
      throw wrong(where, "has an index beyond the last node. " + indexes(count));
    }
    return index;
  }

  /** No index is missing if none is repeated and none is higher than the last. */
  private static String indexes(int count) {
    return count == 1
        ? "The only node's index is 0."
        : "The indexes of " + count + " nodes are 0 to " + (count - 1) + ", each once.";
  }

  private static Blockstore node(Prefix prefix, String where) {
    if (Prefix.of(prefix.rest()).isPresent()) {
      throw wrong(
          where, "has RAID inside RAID, which Parsec does not support. Use a single store there.");
    }
    return BlockstoreGrammar.single(prefix.rest(), where);
  }
}
