package io.parsecbackup.dump.archive;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/**
 * Reads pg_dump's script line by line. A line of a COPY block may have megabytes; a line that does
 * not fit into the buffer comes in pieces. Distinguishes data, the beginnings of statements, and
 * lines inside a function's body that look like them.
 */
public final class ScriptReader {

  /** The longest line that comes in one piece; statements of interest are much shorter. */
  private static final int BUFFER = 256 * 1024;

  private static final Pattern COPY = Pattern.compile("COPY .* FROM stdin;", Pattern.DOTALL);

  private final InputStream in;
  private final byte[] buffer = new byte[BUFFER];
  private final SqlText sql = new SqlText();
  private int from;
  private int to;
  private int limit;
  private boolean atEnd;
  private boolean starts = true;
  private boolean ends = true;
  private boolean data;
  private boolean statement;
  private boolean inBlock;

  public ScriptReader(InputStream in) {
    this.in = in;
  }

  /** Moves to the next line, or to the next piece of a long line. */
  public boolean next() throws IOException {
    starts = ends;
    from = to;
    int newline = newline(from);
    while (newline < 0 && !atEnd && !(from == 0 && limit == buffer.length)) {
      int seen = limit - from;
      fill();
      newline = newline(from + seen);
    }
    ends = newline >= 0;
    to = ends ? newline + 1 : limit;
    if (from == to) {
      return false;
    }
    look();
    return true;
  }

  private int newline(int start) {
    for (int i = start; i < limit; i++) {
      if (buffer[i] == '\n') {
        return i;
      }
    }
    return -1;
  }

  private void fill() throws IOException {
    System.arraycopy(buffer, from, buffer, 0, limit - from);
    limit -= from;
    from = 0;
    int read = in.read(buffer, limit, buffer.length - limit);
    atEnd = read < 0;
    limit += Math.max(0, read);
  }

  private void look() {
    if (inBlock) {
      boolean end =
          starts && ends && to - from == 3 && buffer[from] == '\\' && buffer[from + 1] == '.';
      inBlock = !end;
      data = !end;
      statement = false;
      return;
    }
    data = false;
    statement = starts && sql.betweenStatements();
    if (statement && buffer[from] == '\\') {
      // A command of psql.
      return;
    }
    sql.take(buffer, from, to);
    inBlock = isCopy();
  }

  /** Whether the current line is a row of a COPY block, or a piece of one. */
  public boolean isData() {
    return data;
  }

  /** Whether this line begins between two statements: a first line, a comment, or blank. */
  public boolean isBetweenStatements() {
    return statement;
  }

  /** Whether a COPY block follows this line. */
  boolean isCopy() {
    return statement
        && ends
        && to - from > 5
        && buffer[from] == 'C'
        && buffer[from + 1] == 'O'
        && COPY.matcher(text()).matches();
  }

  /** Whether this piece begins a line. */
  boolean starts() {
    return starts;
  }

  /** Whether this piece ends a line. */
  boolean ends() {
    return ends;
  }

  /** Whether the script ended in the middle of a COPY block. */
  public boolean isInsideBlock() {
    return inBlock;
  }

  public byte[] buffer() {
    return buffer;
  }

  public int from() {
    return from;
  }

  public int length() {
    return to - from;
  }

  /** The line or piece without its line end; for lines that are not data. */
  public String text() {
    return new String(buffer, from, to - from - (ends ? 1 : 0), StandardCharsets.UTF_8);
  }
}
