package io.parsecbackup.repository.index;

import io.parsecbackup.repository.storage.PlainFiles;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * The lines of a file, one after the other, as the bytes that they are: there may be millions, and
 * of most of them nothing has to be made text. The line before the one that is read stays readable.
 */
final class LineReader implements AutoCloseable {

  /** Bytes; a record has some thousand at most. */
  private static final int LONGEST_TWO_LINES = 1 << 20;

  private final Path file;
  private final InputStream in;

  /** Holds at least the line and the one before; it grows where they are longer. */
  private byte[] buffer = new byte[1 << 16];

  private int filled;
  private int before;
  private int start;
  private int end;
  private int next;

  LineReader(Path file) throws IOException {
    this.file = file;
    this.in = PlainFiles.open(file);
  }

  /** Goes on to the next line; false at the end of the file. */
  boolean advance() throws IOException {
    before = start;
    start = next;
    end = endOfLine(start);
    next = Math.min(end + 1, filled);
    return start < filled;
  }

  /** Holds the line, from {@link #start} to {@link #end}, and what else has been read. */
  byte[] buffer() {
    return buffer;
  }

  int start() {
    return start;
  }

  /** The index after the line's last byte; its line feed is none of it. */
  int end() {
    return end;
  }

  /** Where the line before begins; it ends before the line feed before this one. */
  int before() {
    return before;
  }

  /** Whether there is a line before this one. */
  boolean hasBefore() {
    return before < start;
  }

  /** How many bytes this line and the one before begin with alike. */
  int sharedWithBefore() {
    int shared = Arrays.mismatch(buffer, before, start - 1, buffer, start, end);
    return shared < 0 ? end - start : shared;
  }

  /** Whether the next line begins as this one does, for so many bytes. */
  boolean isRepeated(int bytes) throws IOException {
    while (filled - next < bytes) {
      if (!fill()) {
        return false;
      }
    }
    return Arrays.equals(buffer, start, start + bytes, buffer, next, next + bytes);
  }

  private int endOfLine(int from) throws IOException {
    int at = from;
    while (true) {
      for (; at < filled; at++) {
        if (buffer[at] == '\n') {
          return at;
        }
      }
      int read = at - before;
      if (!fill()) {
        return filled;
      }
      at = before + read;
    }
  }

  /** Reads on, after what is still needed has moved to the buffer's beginning. */
  private boolean fill() throws IOException {
    System.arraycopy(buffer, before, buffer, 0, filled - before);
    filled -= before;
    start -= before;
    end -= before;
    next -= before;
    before = 0;
    if (filled == buffer.length) {
      if (filled >= LONGEST_TWO_LINES) {
        throw new IOException(file + " is damaged: a line is longer than any that is written");
      }
      buffer = Arrays.copyOf(buffer, 2 * buffer.length);
    }
    int read = in.read(buffer, filled, buffer.length - filled);
    filled += Math.max(0, read);
    return read >= 0;
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
