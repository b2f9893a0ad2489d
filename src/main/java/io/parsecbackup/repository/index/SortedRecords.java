package io.parsecbackup.repository.index;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * One file of records in {@link KeyOrder}, with or without a header, and its current record. Lines
 * are compared as bytes if their keys contain no escapes: their order is then that of the keys.
 */
final class SortedRecords<T> implements AutoCloseable, Comparable<SortedRecords<T>> {

  private final RecordCodec<T> codec;
  private final Path file;
  private final int age;
  private final LineReader lines;
  private @Nullable T record;
  private boolean afterHeader;

  /**
   * Opens {@code file}, before its first record.
   *
   * @param age higher for newer files
   */
  SortedRecords(RecordCodec<T> codec, Path file, int age) throws IOException {
    this.codec = codec;
    this.file = file;
    this.age = age;
    this.lines = new LineReader(file);
  }

  /**
   * Moves to the next record; false at the end.
   *
   * @throws IllegalStateException when the file is damaged: its keys are not in order
   */
  boolean advance() {
    try {
      record = null;
      boolean there = lines.advance();
      afterHeader = there && codec.isHeader(lines.buffer(), lines.start(), lines.end());
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
   * The current record.
   *
   * @throws IllegalStateException when the file is damaged: the line is not a record
   */
  T record() {
    T current = record;
    if (current == null) {
      current = parse(lines.start(), lines.end());
      record = current;
    }
    return current;
  }

  String key() {
    return codec.key(record());
  }

  /** Whether the previous record has the same key. */
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

  /** By key. Of equal keys the newer file's comes first: it is the one that is used. */
  @Override
  public int compareTo(SortedRecords<T> other) {
    int keys = compareKeys(other);
    return keys != 0 ? keys : Integer.compare(other.age, age);
  }

  /** Negative, zero or positive: this record's key is lower than, equal to or higher than that. */
  int compareKeys(SortedRecords<T> other) {
    int key = keyEnd();
    int otherKey = other.keyEnd();
    if (key < 0 || otherKey < 0) {
      return KeyOrder.compare(key(), other.key());
    }
    return Arrays.compareUnsigned(
        lines.buffer(), lines.start(), key, other.lines.buffer(), other.lines.start(), otherKey);
  }

  /**
   * Whether the line begins with that of {@code start} and a tab, and its rest passes the check.
   */
  boolean matches(LineReader start, LineCheck check) {
    int after = lines.start() + start.end() - start.start();
    return after < lines.end()
        && lines.buffer()[after] == '\t'
        && Arrays.equals(
            lines.buffer(), lines.start(), after, start.buffer(), start.start(), start.end())
        && check.passes(lines.buffer(), after, lines.end());
  }

  /** Whether the current line passes the check. */
  boolean passes(LineCheck check) {
    return check.passes(lines.buffer(), lines.start(), lines.end());
  }

  /** Compares the lines' bytes if they suffice: a tab is lower than almost all bytes of a key. */
  private boolean isInOrder() {
    int shared = lines.sharedWithBefore();
    int at = lines.start() + shared;
    byte[] buffer = lines.buffer();
    if (at < lines.end() && Byte.compareUnsigned(buffer[lines.before() + shared], buffer[at]) < 0) {
      return true;
    }
    T before = parse(lines.before(), lines.start() - 1);
    return KeyOrder.compare(codec.key(before), key()) <= 0;
  }

  /** The end of the key, or -1 if it is escaped and cannot be compared as bytes. */
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

  private T parse(int start, int end) {
    try {
      return codec.parse(lines.buffer(), start, end);
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
