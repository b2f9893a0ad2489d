package io.parsecbackup.repository;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/**
 * Reads a backup's {@code missing.txt}, one line at a time: key, tab, reason, in {@link KeyOrder}.
 * The reason of an accepted loss begins with {@value #ACCEPTED}.
 */
public final class MissingList implements Iterator<MissingList.Line>, AutoCloseable {

  /** Begins the reason of an accepted loss. */
  public static final String ACCEPTED = "accepted: ";

  private final BufferedReader lines;
  private @Nullable String next;

  /**
   * Opens {@code file}.
   *
   * @throws IOException when it cannot be opened
   */
  public MissingList(Path file) throws IOException {
    // Bytes that are no UTF-8 are replaced: a damaged list must not stop a restore.
    this.lines =
        new BufferedReader(
            new InputStreamReader(RepositoryFiles.openPlain(file), StandardCharsets.UTF_8));
    this.next = read();
  }

  /** An object that the backup lacks, and why. */
  public record Line(String key, String reason) {

    /** Whether the loss was accepted when the backup was taken. */
    public boolean isAccepted() {
      return reason.startsWith(ACCEPTED);
    }

    /** The reason itself. */
    public String plainReason() {
      return isAccepted() ? reason.substring(ACCEPTED.length()) : reason;
    }
  }

  @Override
  public boolean hasNext() {
    return next != null;
  }

  @Override
  public Line next() {
    String line = next;
    if (line == null) {
      throw new NoSuchElementException();
    }
    next = read();
    int tab = line.indexOf('\t');
    return tab < 0
        ? new Line(IndexLine.unescape(line), "missing when the backup was taken")
        : new Line(
            IndexLine.unescape(line.substring(0, tab)),
            IndexLine.unescape(line.substring(tab + 1)));
  }

  private @Nullable String read() {
    try {
      return lines.readLine();
    } catch (IOException e) {
      throw new UncheckedIOException("a list of missing objects cannot be read", e);
    }
  }

  @Override
  public void close() throws IOException {
    lines.close();
  }
}
