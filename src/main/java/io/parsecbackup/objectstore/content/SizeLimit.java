package io.parsecbackup.objectstore.content;

import java.util.OptionalLong;

/**
 * How many bytes a server may send for an object. More is an error of that object, found before the
 * disk is full. This does not check the exact size: an object may have grown since its row was
 * written or its bucket was listed, and a RAID5 node has a chunk with a few bytes of padding.
 */
public final class SizeLimit {

  /** Parsec's blocks are smaller: its server accepts bodies of less than 1 MiB. */
  public static final long LARGEST_BLOCK = 1 << 20;

  /** For an object of unknown size. */
  public static final long UNKNOWN = 64 << 20;

  private SizeLimit() {}

  /**
   * The limit in bytes.
   *
   * @param size from the object's row or its listing
   */
  public static long of(OptionalLong size) {
    return size.isEmpty() ? UNKNOWN : Math.max(LARGEST_BLOCK, 2 * size.getAsLong());
  }
}
