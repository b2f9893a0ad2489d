package io.parsecbackup.repository;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;

/**
 * The records of one file of lines, with or without the index's header. Lines are taken from the
 * bytes as they are: only the columns of a record are made text, for there may be millions.
 */
final class IndexReader implements AutoCloseable {

  private final InputStream in;

  /** Holds at least the line that is looked for; it grows where one is longer. */
  private byte[] buffer = new byte[1 << 16];

  private int filled;
  private int start;
  private int next;

  IndexReader(Path file) throws IOException {
    this.in = Files.newInputStream(file);
  }

  /**
   * The next record, or empty at the end of the file.
   *
   * @throws IllegalArgumentException when the next line is none
   */
  Optional<IndexRecord> next() throws IOException {
    start = next;
    int end = endOfLine();
    next = Math.min(end + 1, filled);
    if (start == filled) {
      return Optional.empty();
    }
    if (IndexLine.isHeader(buffer, start, end)) {
      return next();
    }
    return Optional.of(IndexLine.parse(buffer, start, end));
  }

  /** Where the line from {@code start} on ends: at a line feed, or where the file does. */
  private int endOfLine() throws IOException {
    int at = start;
    while (true) {
      for (; at < filled; at++) {
        if (buffer[at] == '\n') {
          return at;
        }
      }
      at -= start;
      makeRoom();
      int read = in.read(buffer, filled, buffer.length - filled);
      if (read < 0) {
        return filled;
      }
      filled += read;
    }
  }

  /** Moves the beginning of the line to that of the buffer. */
  private void makeRoom() {
    System.arraycopy(buffer, start, buffer, 0, filled - start);
    filled -= start;
    start = 0;
    if (filled == buffer.length) {
      buffer = Arrays.copyOf(buffer, 2 * buffer.length);
    }
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
