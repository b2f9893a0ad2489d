package io.parsecbackup.repository.index;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import org.jspecify.annotations.Nullable;

/**
 * One file of records in {@link KeyOrder}, with or without the index's header, and the record at
 * which its reading stands. Lines are compared as bytes, whose order is that of their keys as long
 * as nothing in them is escaped.
 */
final class SortedRecords implements AutoCloseable {

  /** By key; of equal keys the younger file's comes first, and is the one that counts. */
  static final Comparator<SortedRecords> ORDER =
      (a, b) -> {
        int keys = a.compareKeys(b);
        return keys != 0 ? keys : Integer.compare(b.age, a.age);
      };

  private final Path file;
  private final int age;
  private final LineReader lines;
  private @Nullable IndexRecord record;
  private boolean afterHeader;

  /**
   * Opens {@code file}, before its first record.
   *
   * @param age higher in younger files
   */
  SortedRecords(Path file, int age) throws IOException {
    this.file = file;
    this.age = age;
    this.lines = new LineReader(file);
  }

  /**
   * Goes on to the next record; false at the end.
   *
   * @throws IllegalStateException when the file is damaged: it is not in order
   */
  boolean advance() {
    try {
      record = null;
      boolean there = lines.advance();
      afterHeader = there && IndexLine.isHeader(lines.buffer(), lines.start(), lines.end());
      if (afterHeader) {
        there = lines.advance();
      }
      if (there && lines.hasBefore() && !afterHeader && !isInOrder()) {
        throw damaged("its keys are not in order", null);
      }
      return there;
    } catch (IOException e) {
      throw new UncheckedIOException(file + " cannot be read", e);
    }
  }

  /**
   * The record at which the reading stands.
   *
   * @throws IllegalStateException when the file is damaged: the line is no record
   */
  IndexRecord record() {
    if (record == null) {
      record = parse(lines.start(), lines.end());
    }
    return record;
  }

  /** Whether the record before had the same key. */
  boolean repeatsKey() {
    if (!lines.hasBefore() || afterHeader) {
      return false;
    }
    int end = lines.start() + lines.sharedWithBefore();
    for (int at = lines.start(); at < end; at++) {
      if (lines.buffer()[at] == '\t') {
        return true;
      }
    }
    return false;
  }

  /** Negative, zero or positive, as this record's key comes before, is or comes after the other. */
  int compareKeys(SortedRecords other) {
    int key = keyEnd();
    int otherKey = other.keyEnd();
    if (key < 0 || otherKey < 0) {
      return KeyOrder.compare(record().key(), other.record().key());
    }
    return Arrays.compareUnsigned(
        lines.buffer(), lines.start(), key, other.lines.buffer(), other.lines.start(), otherKey);
  }

  /**
   * Whether this record covers the reference in that line: it begins as the line does, which is key
   * and size, and goes on with the next column.
   */
  boolean covers(LineReader reference) {
    int length = reference.end() - reference.start();
    int after = lines.start() + length;
    return after < lines.end()
        && lines.buffer()[after] == '\t'
        && Arrays.equals(
            lines.buffer(),
            lines.start(),
            after,
            reference.buffer(),
            reference.start(),
            reference.end())
        && IndexLine.isCovered(lines.buffer(), after, lines.end());
  }

  /**
   * By the lines' bytes where these tell, for a tab comes before nearly all that a key can have.
   */
  private boolean isInOrder() {
    int shared = lines.sharedWithBefore();
    int at = lines.start() + shared;
    byte[] buffer = lines.buffer();
    if (at < lines.end() && Byte.compareUnsigned(buffer[lines.before() + shared], buffer[at]) < 0) {
      return true;
    }
    IndexRecord before = parse(lines.before(), lines.start() - 1);
    return KeyOrder.compare(before.key(), record().key()) <= 0;
  }

  /** Where the key ends, or -1 where it cannot be compared as it stands there. */
  private int keyEnd() {
    byte[] buffer = lines.buffer();
    for (int at = lines.start(); at < lines.end(); at++) {
      if (buffer[at] == '\t') {
        return at;
      }
      if (buffer[at] == '\\') {
        return -1;
      }
    }
    return -1;
  }

  private IndexRecord parse(int start, int end) {
    try {
      return IndexLine.parse(lines.buffer(), start, end);
    } catch (IllegalArgumentException e) {
      throw damaged(String.valueOf(e.getMessage()), e);
    }
  }

  private IllegalStateException damaged(String how, @Nullable Exception cause) {
    return new IllegalStateException(file + " is damaged: " + how, cause);
  }

  @Override
  public void close() {
    try {
      lines.close();
    } catch (IOException e) {
      throw new UncheckedIOException(file + " cannot be closed", e);
    }
  }
}
