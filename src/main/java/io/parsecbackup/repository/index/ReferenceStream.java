package io.parsecbackup.repository.index;

import io.parsecbackup.repository.encryption.ReadableFile;
import io.parsecbackup.repository.storage.PrivateFiles;
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
 * line has a key, a tab and a size, escaped as {@link FieldText} does. A key with several sizes has
 * several lines.
 */
public final class ReferenceStream implements Iterator<Reference>, AutoCloseable {

  /** Replaces bytes that are not UTF-8. */
  private static final char REPLACEMENT = '\uFFFD';

  private final Path file;
  private final LineReader lines;

  /** The current line, if it is parsed already. */
  private @Nullable Reference head;

  private boolean hasNext;

  /**
   * Opens {@code file}.
   *
   * @throws IOException when it cannot be opened
   */
  public ReferenceStream(Path file) throws IOException {
    this(ReadableFile.plain(file));
  }

  /** As above; {@code file} may be encrypted. */
  public ReferenceStream(ReadableFile file) throws IOException {
    this.file = file.path();
    this.lines = new LineReader(file);
    advance();
  }

  /** Writes the keys of a list, which may be encrypted, to a new file. */
  public static Path keys(ReadableFile list, Path file) throws IOException {
    try (ReferenceStream references = new ReferenceStream(list);
        var writer = PrivateFiles.newWriter(file)) {
      while (references.hasNext()) {
        writer.write(ColumnCodec.KEYS.format(references.next().key()));
        writer.write('\n');
      }
    }
    return file;
  }

  @Override
  public boolean hasNext() {
    return hasNext;
  }

  /**
   * The next reference.
   *
   * @throws IllegalStateException when the file is damaged: a line is not a reference, or not in
   *     order
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
   * Skips the next reference and the next record of the index if the record covers the reference.
   * Otherwise skips nothing, although the index may still cover it. This compares bytes, for the
   * many references that need no further work.
   */
  public boolean skipIfCoveredByNext(RecordStream<IndexRecord> index) {
    if (!hasNext || isOneOfSeveral() || !index.skipIf(lines, IndexCodec::isCovered)) {
      return false;
    }
    advance();
    return true;
  }

  /** Whether the next line has the same key, or this line is not a reference. */
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
      throw new IllegalStateException(file + " is damaged: a line is not a reference");
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
