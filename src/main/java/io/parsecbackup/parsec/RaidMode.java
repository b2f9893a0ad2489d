package io.parsecbackup.parsec;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** How a Parsec server distributes blocks over several object stores. */
public enum RaidMode {
  /** Each block is on one node, chosen by its id. */
  RAID0(1),
  /** Each block is on every node. */
  RAID1(1),
  /** Each block is split into chunks on all nodes except the last, which has their parity. */
  RAID5(3);

  private final int minimumNodes;

  RaidMode(int minimumNodes) {
    this.minimumNodes = minimumNodes;
  }

  /** The lowest number of nodes that the Parsec server accepts. */
  public int minimumNodes() {
    return minimumNodes;
  }

  /** How many of {@code nodes} can be lost without losing a block. */
  public int mayLose(int nodes) {
    return switch (this) {
      case RAID0 -> 0;
      case RAID1 -> nodes - 1;
      case RAID5 -> 1;
    };
  }

  /** The mode that a word of PARSEC_BLOCKSTORE names, in any case; empty for other words. */
  static Optional<RaidMode> named(String word) {
    String upper = word.toUpperCase(Locale.ROOT);
    return Arrays.stream(values()).filter(mode -> mode.name().equals(upper)).findFirst();
  }
}
