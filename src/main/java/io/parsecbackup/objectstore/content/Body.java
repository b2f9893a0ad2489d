package io.parsecbackup.objectstore.content;

import io.parsecbackup.parsec.ByteSource;
import io.parsecbackup.repository.storage.PlainFiles;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;

/** The body of a request that stores an object. */
public sealed interface Body {

  long size();

  /**
   * The bytes. {@code disk} makes each chunk when it is requested, as fast as the limit allows.
   * Fails with {@link UncheckedIOException} if a file cannot be read.
   */
  default Multi<ByteBuffer> chunks(Executor disk, RateLimit rateLimit) {
    return switch (this) {
      case InMemory memory ->
          repeat(
              memory.size(),
              at -> {
                int from = (int) at;
                int length = Math.min(FileBytes.CHUNK, memory.bytes().length - from);
                return ByteBuffer.wrap(memory.bytes(), from, length);
              },
              disk,
              rateLimit);
      case InFile file ->
          Multi.createFrom()
              .resource(
                  () -> open(file.file()),
                  channel -> repeat(file.size(), at -> read(file, channel, at), disk, rateLimit))
              .withFinalizer(Body::close)
              .runSubscriptionOn(disk);
    };
  }

  /** Bytes in memory. */
  @SuppressWarnings("ArrayRecordComponent") // nobody compares bodies
  record InMemory(byte[] bytes) implements Body {
    @Override
    public long size() {
      return bytes.length;
    }
  }

  /** The part of a file to send. */
  @FunctionalInterface
  interface View {
    /** The bytes to send, of a file of {@code size} bytes. */
    ByteSource of(ByteSource file, long size);
  }

  /** A part of a file, which is read while it is sent. */
  record InFile(Path file, View view, long size) implements Body {

    /** The bytes from {@code offset} on. */
    public static InFile part(Path file, long offset, long size) {
      return new InFile(file, (whole, length) -> (at, into) -> whole.read(offset + at, into), size);
    }
  }

  /** Reads the chunk that begins at {@code position}. */
  interface Source {
    ByteBuffer chunk(long position) throws IOException;
  }

  private static Multi<ByteBuffer> repeat(
      long size, Source source, Executor disk, RateLimit rateLimit) {
    if (size == 0) {
      return Multi.createFrom().empty();
    }
    return Multi.createFrom()
        .deferred(() -> {
          AtomicLong position = new AtomicLong();
          return Multi.createBy()
              .repeating()
              .uni(() ->
                  Uni.createFrom()
                      .item(() -> {
                        ByteBuffer chunk = chunk(source, position.get());
                        rateLimit.take(chunk.remaining());
                        position.addAndGet(chunk.remaining());
                        return chunk;
                      })
                      .runSubscriptionOn(disk))
              .whilst(chunk -> position.get() < size);
        });
  }

  private static ByteBuffer chunk(Source source, long position) {
    try {
      return source.chunk(position);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static FileChannel open(Path file) {
    try {
      return PlainFiles.openChannel(file, StandardOpenOption.READ);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static ByteBuffer read(InFile file, FileChannel channel, long position)
      throws IOException {
    ByteBuffer chunk = ByteBuffer.allocate((int) Math.min(FileBytes.CHUNK, file.size() - position));
    file.view().of(new FileBytes(channel), channel.size()).read(position, chunk);
    return chunk.flip();
  }

  private static void close(FileChannel channel) {
    try {
      channel.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
