package io.parsecbackup.repository.index;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/**
 * Reads a backup's {@code references.tsv}: in {@link KeyOrder}, one at a time, each key once. A
 * line is a key, a tab and a size, with the escapes of {@link FieldText}; a key with several sizes
 * has several lines.
 */
public final class ReferenceStream implements Iterator<Reference>, AutoCloseable {

  /** What bytes that are no UTF-8 become. */
  private static final char REPLACEMENT = '\uFFFD';

  private final Path file;
  private final LineReader lines;

  /** The line at which the reading stands, once it is parsed. */
  private @Nullable Reference head;

  private boolean hasNext;

  /**
   * Opens {@code file}.
   *
   * @throws IOException when it cannot be opened
   */
  public ReferenceStream(Path file) throws IOException {
    this.file = file;
    this.lines = new LineReader(file);
    advance();
  }

  @Override
  public boolean hasNext() {
    return hasNext;
  }

  /**
   * The next one.
   *
   * @throws IllegalStateException when the file is damaged: a line is no reference, or out of order
   */
  @Override
  public Reference next() {
    if (!hasNext) {
      throw new NoSuchElementException();
    }
    Reference next = head();
    advance();
    while (hasNext && head().key().equals(next.key())) {
      next = next.with(head().sizes().getFirst());
      advance();
    }
    if (hasNext && KeyOrder.compare(next.key(), head().key()) > 0) {
      throw new IllegalStateException(file + " is damaged: its keys are not in order");
    }
    return next;
  }

  /**
   * Passes the next reference where the index's next record covers it, and the record too; else
   * passes nothing, which says nothing of the reference. This is for the many of which nothing has
   * to be known: they are compared as bytes.
   */
  public boolean passIfCoveredByNext(RecordStream<IndexRecord> index) {
    if (!hasNext || isOneOfSeveral() || !index.skipIf(lines, IndexCodec::isCovered)) {
      return false;
    }
    advance();
    return true;
  }

  /** Whether the next line has the same key, or this one is none. */
  private boolean isOneOfSeveral() {
    int tab = lines.end() - 1;
    while (tab >= lines.start() && lines.buffer()[tab] != '\t') {
      tab--;
    }
    try {
      return tab < lines.start() || lines.isRepeated(tab + 1 - lines.start());
    } catch (IOException e) {
      throw unreadable(e);
    }
  }

  private void advance() {
    try {
      head = null;
      hasNext = lines.advance();
    } catch (IOException e) {
      throw unreadable(e);
    }
  }

  private Reference head() {
    if (head == null) {
      head = parse(text());
    }
    return head;
  }

  private String text() {
    byte[] line = Arrays.copyOfRange(lines.buffer(), lines.start(), lines.end());
    String text = new String(line, StandardCharsets.UTF_8);
    if (text.indexOf(REPLACEMENT) >= 0
        && !Arrays.equals(line, text.getBytes(StandardCharsets.UTF_8))) {
      throw new IllegalStateException(file + " is damaged: a line is not UTF-8");
    }
    return text;
  }

  private Reference parse(String line) {
    int tab = line.lastIndexOf('\t');
    if (tab < 0) {
      throw new IllegalStateException(file + " is damaged: a line is no reference");
    }
    try {
      return new Reference(
          FieldText.unescape(line.substring(0, tab)),
          List.of(Long.parseLong(line, tab + 1, line.length(), 10)));
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

  private UncheckedIOException unreadable(IOException e) {
    return new UncheckedIOException(file + " cannot be read", e);
  }
}
