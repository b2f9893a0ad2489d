package io.parsecbackup.repository;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Reads a backup's {@code references.tsv}: in {@link KeyOrder}, one at a time, each key once. A
 * line is a key, a tab and a size, with the escapes of {@link IndexLine}; a key with several sizes
 * has several lines.
 */
public final class ReferenceStream implements Iterator<Reference>, AutoCloseable {

  private final Path file;
  private final BufferedReader lines;
  private @Nullable Reference head;

  /**
   * Opens {@code file}.
   *
   * @throws IOException when it cannot be opened
   */
  public ReferenceStream(Path file) throws IOException {
    this.file = file;
    this.lines = Files.newBufferedReader(file);
    this.head = read();
  }

  @Override
  public boolean hasNext() {
    return head != null;
  }

  /**
   * The next one.
   *
   * @throws IllegalStateException when the file is damaged: a line is no reference, or out of order
   */
  @Override
  public Reference next() {
    Reference next = head;
    if (next == null) {
      throw new NoSuchElementException();
    }
    Reference following = read();
    while (following != null && following.key().equals(next.key())) {
      if (!following.size().equals(next.size())) {
        next = new Reference(next.key(), OptionalLong.empty());
      }
      following = read();
    }
    if (following != null && KeyOrder.compare(next.key(), following.key()) > 0) {
      throw new IllegalStateException(file + " is damaged: its keys are not in order");
    }
    head = following;
    return next;
  }

  private @Nullable Reference read() {
    try {
      String line = lines.readLine();
      return line == null ? null : parse(line);
    } catch (IOException e) {
      throw new UncheckedIOException(file + " cannot be read", e);
    }
  }

  private Reference parse(String line) {
    int tab = line.lastIndexOf('\t');
    if (tab < 0) {
      throw new IllegalStateException(file + " is damaged: a line is no reference");
    }
    try {
      return new Reference(
          IndexLine.unescape(line.substring(0, tab)),
          OptionalLong.of(Long.parseLong(line, tab + 1, line.length(), 10)));
    } catch (NumberFormatException e) {
      throw new IllegalStateException(file + " is damaged: a line has no size", e);
    }
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
