package io.parsecbackup.repository;

import io.parsecbackup.Printable;
import io.parsecbackup.repository.encryption.ReadableFile;
import io.parsecbackup.repository.index.FieldText;
import io.parsecbackup.repository.index.KeyOrder;
import io.parsecbackup.repository.index.TextLines;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Iterator;

/**
 * Reads a backup's {@code missing.txt}, one line at a time: key, tab, reason, in {@link KeyOrder}.
 * The reason of an accepted loss starts with {@value #ACCEPTED}.
 */
public final class MissingList implements Iterator<MissingList.Line>, AutoCloseable {

  /** Prefix of the reason of an accepted loss. */
  public static final String ACCEPTED = "accepted: ";

  private final TextLines lines;

  /**
   * Opens {@code file}.
   *
   * @throws IOException when it cannot be opened
   */
  public MissingList(Path file) throws IOException {
    this(ReadableFile.plain(file));
  }

  /** As above; {@code file} may be encrypted. */
  public MissingList(ReadableFile file) throws IOException {
    this.lines = new TextLines(file);
  }

  /** An object that is missing from the backup, with the reason. */
  public record Line(String key, String reason) {

    /** Whether the loss was accepted when the backup was taken. */
    public boolean isAccepted() {
      return reason.startsWith(ACCEPTED);
    }

    /** The reason without the prefix. */
    public String plainReason() {
      return isAccepted() ? reason.substring(ACCEPTED.length()) : reason;
    }
  }

  /**
   * Escapes a key or a reason for the list: as in the index, and with control characters as
   * numbers, because operators read this list in a terminal.
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
