package io.parsecbackup.objectstore.content;

import io.parsecbackup.repository.storage.Content;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The bytes of a received object. Exactly one owner has them and closes them, when they are stored
 * and also when they are not needed: whoever passes a body on no longer closes it.
 */
public final class ReceivedBody implements AutoCloseable {

  private final Content content;
  private final RunMemory memory;
  private final AtomicBoolean closed = new AtomicBoolean();

  /**
   * @param content in memory that is reserved in {@code memory}, or in a file
   */
  ReceivedBody(Content content, RunMemory memory) {
    this.content = content;
    this.memory = memory;
  }

  /** The bytes, to be used before {@link #close}. */
  public Content content() {
    return content;
  }

  /**
   * Releases the memory, or deletes the file unless the storage has moved it.
   *
   * @throws UncheckedIOException when the file cannot be deleted
   */
  @Override
  public void close() {
    if (closed.getAndSet(true)) {
      return;
    }
    switch (content) {
      case Content.InMemory bytes -> memory.release(bytes.size());
      case Content.InFile file -> {
        try {
          Files.deleteIfExists(file.file());
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      }
    }
  }
}
