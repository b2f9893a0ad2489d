package io.parsecbackup.parsec;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The node of an object in RAID0: the block id as an unsigned 128-bit integer, modulo the number of
 * nodes.
 */
public final class Raid0 {

  /** Servers before 2.9 wrote ids without dashes. */
  private static final Pattern BLOCK =
      Pattern.compile(
          "(?:.*/)?([0-9a-f]{8})(-?)([0-9a-f]{4})\\2([0-9a-f]{4})\\2([0-9a-f]{4})\\2([0-9a-f]{12})",
          Pattern.CASE_INSENSITIVE | Pattern.DOTALL);

  private Raid0() {}

  /**
   * The index of the node that has the object of {@code key}. If the key is not a block's, this is
   * node 0.
   *
   * @param nodes how many there are, at least 1
   */
  public static int node(String key, int nodes) {
    Matcher id = BLOCK.matcher(key);
    if (!id.matches()) {
      return 0;
    }
    long high = Long.parseUnsignedLong(id.group(1) + id.group(3) + id.group(4), 16);
    long low = Long.parseUnsignedLong(id.group(5) + id.group(6), 16);
    // 2^64 does not fit in a long.
    long base = (Long.remainderUnsigned(-1, nodes) + 1) % nodes;
    long upper = Long.remainderUnsigned(high, nodes) * base % nodes;
    return (int) ((upper + Long.remainderUnsigned(low, nodes)) % nodes);
  }
}
