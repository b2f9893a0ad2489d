package io.parsecbackup.objectstore.content;

import java.util.concurrent.atomic.AtomicLong;

/**
 * The memory for bodies that are received whole. However many transfers run at once, their bodies
 * together never need more. For use by several threads.
 */
public final class BodyMemory {

  /** Parsec's blocks are shorter. */
  private static final long LARGEST_BODY = SizeLimit.LARGEST_BLOCK;

  /** Enough for 128 of Parsec's full blocks, which have 512 KiB and a few bytes. */
  private static final long MOST = 65L << 20;

  private final AtomicLong free;

  /**
   * @param bytes for all bodies together
   */
  BodyMemory(long bytes) {
    this.free = new AtomicLong(bytes);
  }

  /** A quarter of the heap, and at most 65 MiB. */
  public static BodyMemory ofThisHeap() {
    return new BodyMemory(Math.min(MOST, Runtime.getRuntime().maxMemory() / 4));
  }

  /**
   * Reserves memory for a body; {@link #release} gives it back.
   *
   * @return false if the body is too large, or if other bodies use the memory: write it to a file
   */
  public boolean tryReserve(long bytes) {
    if (bytes > LARGEST_BODY) {
      return false;
    }
    if (free.addAndGet(-bytes) < 0) {
      release(bytes);
      return false;
    }
    return true;
  }

  public void release(long bytes) {
    free.addAndGet(bytes);
  }
}
