package io.parsecbackup.objectstore.content;

import io.parsecbackup.repository.storage.Content;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Where one run has the bodies that it received, until they are stored: in memory, or in files in
 * its scratch folder. Whoever has a body closes it. A cancelled run may lose bodies on their way
 * from one thread to another; {@link #close} gives their memory back, and their files are removed
 * with the folder. For use by several threads.
 */
public final class BodyScratch implements AutoCloseable {

  private final RunMemory memory;
  private final Path folder;
  private final AtomicLong files = new AtomicLong();

  /**
   * @param memory that all runs share
   * @param folder an existing folder; in the storage's scratch if the bodies are to be stored
   */
  public BodyScratch(BodyMemory memory, Path folder) {
    this.memory = new RunMemory(memory);
    this.folder = folder;
  }

  /**
   * Begins a body: in memory if its size is known and there is memory for it, otherwise in a file.
   *
   * @param size in bytes; empty if it is unknown
   * @param checksum is computed too
   */
  public BodyWriter begin(OptionalLong size, Optional<BodyChecksum> checksum) {
    BodyDigests digests = new BodyDigests(checksum);
    return size.isPresent() && tryReserve(size.getAsLong())
        ? new BodyWriter(digests, memory, (int) size.getAsLong())
        : new BodyWriter(digests, memory, folder.resolve("body-" + files.incrementAndGet()));
  }

  /**
   * Reserves memory for a body that is received whole.
   *
   * @return false if the body is too large, or if other bodies use the memory
   */
  public boolean tryReserve(long bytes) {
    return memory.tryReserve(bytes);
  }

  /** Releases reserved memory that has not become a {@link #body}. */
  public void release(long bytes) {
    memory.release(bytes);
  }

  /** A body in memory that was reserved. Closing it releases the memory. */
  public ReceivedBody body(byte[] bytes, String sha256) {
    return new ReceivedBody(new Content.InMemory(bytes, sha256), memory);
  }

  /** How many bytes of memory the bodies use now. */
  public long reserved() {
    return memory.reserved();
  }

  /** Releases all memory. No thread may use a body any more. */
  @Override
  public void close() {
    memory.close();
  }
}
