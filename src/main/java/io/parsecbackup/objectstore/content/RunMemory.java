package io.parsecbackup.objectstore.content;

/** The part of {@link BodyMemory} that one run uses. For use by several threads. */
final class RunMemory implements AutoCloseable {

  private final BodyMemory memory;
  private long reserved;
  private boolean closed;

  RunMemory(BodyMemory memory) {
    this.memory = memory;
  }

  synchronized boolean tryReserve(long bytes) {
    if (closed || !memory.tryReserve(bytes)) {
      return false;
    }
    reserved += bytes;
    return true;
  }

  /** Does nothing after {@link #close}, which has released everything already. */
  synchronized void release(long bytes) {
    if (!closed) {
      reserved -= bytes;
      memory.release(bytes);
    }
  }

  synchronized long reserved() {
    return reserved;
  }

  @Override
  public synchronized void close() {
    if (!closed) {
      closed = true;
      memory.release(reserved);
      reserved = 0;
    }
  }
}
