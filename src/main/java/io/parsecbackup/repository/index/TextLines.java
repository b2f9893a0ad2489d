package io.parsecbackup.repository.index;

import io.parsecbackup.repository.encryption.ReadableFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.NoSuchElementException;

/**
 * Reads a list in a backup's folder line by line. Replaces bytes that are not UTF-8. Throws {@link
 * UncheckedIOException} if the file cannot be read or a line is too long.
 */
public final class TextLines implements Iterator<String>, AutoCloseable {

  private final LineReader lines;
  private boolean hasNext;

  /** Opens {@code file}, which must be a regular file. */
  public TextLines(Path file) throws IOException {
    this(ReadableFile.plain(file));
  }

  /** Opens {@code file}, which may be encrypted. */
  public TextLines(ReadableFile file) throws IOException {
    this.lines = new LineReader(file);
    advance();
  }

  @Override
  public boolean hasNext() {
    return hasNext;
  }

  @Override
  public String next() {
    if (!hasNext) {
      throw new NoSuchElementException();
    }
    String line =
        new String(
            lines.buffer(), lines.start(), lines.end() - lines.start(), StandardCharsets.UTF_8);
    advance();
    return line;
  }

  private void advance() {
    try {
      hasNext = lines.advance();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() throws IOException {
    lines.close();
  }
}
