package io.parsecbackup.objectstore.content;

import java.util.OptionalLong;

/**
 * How many bytes a server may send for an object. More is an error of that object, found before the
 * disk is full. It is no check of the size: an object may have grown since its row was written or
 * its bucket was listed, and with RAID5 a node has a chunk and a few bytes of padding.
 */
public final class SizeLimit {

  /** Parsec's blocks are shorter (its server takes bodies of less than 1 MiB). */
  public static final long LARGEST_BLOCK = 1 << 20;

  /** Where nobody knows a size. */
  public static final long UNKNOWN = 64 << 20;

  private SizeLimit() {}

  /**
   * The limit in bytes.
   *
   * @param size as the object's row or its listing says
   */
  public static long of(OptionalLong size) {
    return size.isEmpty() ? UNKNOWN : Math.max(LARGEST_BLOCK, 2 * size.getAsLong());
  }
}
