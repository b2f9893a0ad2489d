package io.parsecbackup.objectstore.content;

import io.parsecbackup.repository.storage.Content;
import io.parsecbackup.repository.storage.PrivateFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Writes and hashes a body while it is received. Closing it drops what was written, unless {@link
 * #finish} has passed it on. Used by one thread at a time.
 */
public final class BodyWriter implements AutoCloseable {

  private final BodyDigests digests;
  private final RunMemory memory;
  private final Target target;
  private boolean over;

  /** Where the bytes go. */
  private sealed interface Target {}

  private record InMemory(ByteBuffer bytes) implements Target {}

  private static final class InFile implements Target {
    final Path file;
    @Nullable FileChannel channel;

    InFile(Path file) {
      this.file = file;
    }
  }

  /**
   * @param reserved bytes of {@code memory}, which are released at the end
   */
  BodyWriter(BodyDigests digests, RunMemory memory, int reserved) {
    this.digests = digests;
    this.memory = memory;
    this.target = new InMemory(ByteBuffer.allocate(reserved));
  }

  /**
   * @param file must not exist; it is created at the first write
   */
  BodyWriter(BodyDigests digests, RunMemory memory, Path file) {
    this.digests = digests;
    this.memory = memory;
    this.target = new InFile(file);
  }

  /** The digests of all that was written. */
  public BodyDigests digests() {
    return digests;
  }

  /**
   * Writes the next bytes.
   *
   * @throws TransferException when they are more than was reserved
   * @throws UncheckedIOException when the disk fails
   */
  public void write(ByteBuffer chunk) {
    digests.update(chunk);
    switch (target) {
      case InMemory(ByteBuffer bytes) -> {
        if (chunk.remaining() > bytes.remaining()) {
          throw TransferException.tooLong("sends more than it announced,", bytes.capacity());
        }
        bytes.put(chunk);
      }
      case InFile file -> {
        try {
          FileChannel channel = open(file);
          while (chunk.hasRemaining()) {
            channel.write(chunk);
          }
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      }
    }
  }

  /**
   * Ends the body.
   *
   * @param known the digests of all that was written
   * @return the body, which the caller closes
   * @throws UncheckedIOException when the disk fails
   */
  public ReceivedBody finish(FileDigests known) {
    Content content =
        switch (target) {
          case InMemory(ByteBuffer bytes) -> {
            int missing = bytes.remaining();
            memory.release(missing);
            yield new Content.InMemory(
                missing == 0 ? bytes.array() : Arrays.copyOf(bytes.array(), bytes.position()),
                known.sha256());
          }
          case InFile file -> {
            try {
              open(file).close();
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
            yield new Content.InFile(file.file, known.size(), known.sha256());
          }
        };
    over = true;
    return new ReceivedBody(content, memory);
  }

  /**
   * Drops the body, unless it is finished.
   *
   * @throws UncheckedIOException when the file cannot be deleted
   */
  @Override
  public void close() {
    if (over) {
      return;
    }
    over = true;
    switch (target) {
      case InMemory(ByteBuffer bytes) -> memory.release(bytes.capacity());
      case InFile file -> {
        try {
          if (file.channel != null) {
            file.channel.close();
          }
          Files.deleteIfExists(file.file);
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      }
    }
  }

  /** The file; an empty body has one too. */
  private static FileChannel open(InFile file) throws IOException {
    if (file.channel == null) {
      file.channel = PrivateFiles.create(file.file);
    }
    return file.channel;
  }
}
