package io.parsecbackup.repository.index;

import io.parsecbackup.repository.encryption.ReadableFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * Reads a file line by line as bytes: there may be millions of lines, and most need not be decoded.
 * The previous line stays available.
 */
final class LineReader implements AutoCloseable {

  /** In bytes. A record has a few thousand at most. */
  private static final int LONGEST_TWO_LINES = 1 << 20;

  private final Path file;
  private final InputStream in;

  /** Contains at least the current and the previous line. It grows if they are longer. */
  private byte[] buffer = new byte[1 << 16];

  private int filled;
  private int before;
  private int start;
  private int end;
  private int next;

  LineReader(Path file) throws IOException {
    this(ReadableFile.plain(file));
  }

  LineReader(ReadableFile file) throws IOException {
    this.file = file.path();
    this.in = file.open();
  }

  /** Moves to the next line; false at the end of the file. */
  boolean advance() throws IOException {
    before = start;
    start = next;
    end = endOfLine(start);
    next = Math.min(end + 1, filled);
    return start < filled;
  }

  /** Contains the current line from {@link #start} to {@link #end}, and other bytes. */
  byte[] buffer() {
    return buffer;
  }

  int start() {
    return start;
  }

  /** The index after the line's last byte, without its line feed. */
  int end() {
    return end;
  }

  /** The start of the previous line, which ends before the line feed before this one. */
  int before() {
    return before;
  }

  /** Whether there is a previous line. */
  boolean hasBefore() {
    return before < start;
  }

  /** How many bytes at their start this line and the previous one have in common. */
  int sharedWithBefore() {
    int shared = Arrays.mismatch(buffer, before, start - 1, buffer, start, end);
    return shared < 0 ? end - start : shared;
  }

  /** Whether the next line starts with the same bytes as this one. */
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

  /** Reads more, after moving the needed bytes to the start of the buffer. */
  private boolean fill() throws IOException {
    System.arraycopy(buffer, before, buffer, 0, filled - before);
    filled -= before;
    start -= before;
    end -= before;
    next -= before;
    before = 0;
    if (filled == buffer.length) {
      if (filled >= LONGEST_TWO_LINES) {
        throw new IOException(file + " is damaged: a line is too long");
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
