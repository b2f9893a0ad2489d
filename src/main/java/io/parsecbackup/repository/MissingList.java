package io.parsecbackup.repository;

import io.parsecbackup.Printable;
import io.parsecbackup.repository.index.FieldText;
import io.parsecbackup.repository.index.KeyOrder;
import io.parsecbackup.repository.index.TextLines;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Iterator;

/**
 * Reads a backup's {@code missing.txt}, one line at a time: key, tab, reason, in {@link KeyOrder}.
 * The reason of an accepted loss begins with {@value #ACCEPTED}.
 */
public final class MissingList implements Iterator<MissingList.Line>, AutoCloseable {

  /** Begins the reason of an accepted loss. */
  public static final String ACCEPTED = "accepted: ";

  private final TextLines lines;

  /**
   * Opens {@code file}.
   *
   * @throws IOException when it cannot be opened
   */
  public MissingList(Path file) throws IOException {
    this.lines = new TextLines(file);
  }

  /** An object that is missing from the backup, and why. */
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

  /**
   * A key or a reason as the list holds it: escaped as in the index, and each character that a
   * terminal obeys by its number, for operators read this list with {@code cat}.
   */
  public static String escape(String text) {
    String line = FieldText.escape(text);
    if (!Printable.isNeededFor(line)) {
      return line;
    }
    StringBuilder printable = new StringBuilder(line.length() + 16);
    line.codePoints()
        .forEach(c -> {
          if (!Printable.isUnprintable(c)) {
            printable.appendCodePoint(c);
            return;
          }
          for (char unit : Character.toChars(c)) {
            printable.append(Printable.escaped(unit));
          }
        });
    return printable.toString();
  }

  @Override
  public boolean hasNext() {
    return lines.hasNext();
  }

  @Override
  public Line next() {
    String line = lines.next();
    int tab = line.indexOf('\t');
    return tab < 0
        ? new Line(FieldText.unescape(line), "missing when the backup was taken")
        : new Line(
            FieldText.unescape(line.substring(0, tab)),
            FieldText.unescape(line.substring(tab + 1)));
  }

  @Override
  public void close() throws IOException {
    lines.close();
  }
}
