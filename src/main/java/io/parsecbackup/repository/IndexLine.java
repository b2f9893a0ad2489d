package io.parsecbackup.repository;

import java.time.Instant;

/**
 * One {@link IndexRecord} as a line of text: tab-separated key, size, SHA-256, ETag, LastModified
 * in milliseconds since 1970 and {@code covered} or {@code open}. In key and ETag a backslash, tab,
 * line feed and carriage return are written as in PostgreSQL's COPY format ({@code \\ \t \n \r}),
 * so a line is a record whatever a key holds.
 */
final class IndexLine {

  /** First line of every segment: names the format, its version and the columns. */
  static final String HEADER =
      "#parsec-backup-index 1\tsize\tsha256\tetag\tlast-modified-ms\tcovered|open";

  private static final int COLUMNS = 6;

  private IndexLine() {}

  static String format(IndexRecord entry) {
    return escape(entry.key())
        + '\t'
        + entry.size()
        + '\t'
        + entry.sha256()
        + '\t'
        + escape(entry.etag())
        + '\t'
        + entry.lastModified().toEpochMilli()
        + '\t'
        + (entry.covered() ? "covered" : "open");
  }

  /**
   * The record behind {@code line}.
   *
   * @throws IllegalArgumentException when the line is not one that {@link #format} wrote
   */
  static IndexRecord parse(String line) {
    String[] columns = line.split("\t", -1);
    if (columns.length != COLUMNS
        || columns[2].length() != 64
        || !(columns[5].equals("covered") || columns[5].equals("open"))) {
      throw new IllegalArgumentException("not an index record: " + line);
    }
    return new IndexRecord(
        unescape(columns[0]),
        Long.parseLong(columns[1]),
        columns[2],
        unescape(columns[3]),
        Instant.ofEpochMilli(Long.parseLong(columns[4])),
        columns[5].equals("covered"));
  }

  static String escape(String text) {
    if (text.indexOf('\\') < 0
        && text.indexOf('\t') < 0
        && text.indexOf('\n') < 0
        && text.indexOf('\r') < 0) {
      return text;
    }
    return text.replace("\\", "\\\\")
        .replace("\t", "\\t")
        .replace("\n", "\\n")
        .replace("\r", "\\r");
  }

  static String unescape(String text) {
    if (text.indexOf('\\') < 0) {
      return text;
    }
    StringBuilder plain = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c != '\\' || i + 1 == text.length()) {
        plain.append(c);
        continue;
      }
      i++;
      plain.append(
          switch (text.charAt(i)) {
            case 't' -> '\t';
            case 'n' -> '\n';
            case 'r' -> '\r';
            default -> text.charAt(i);
          });
    }
    return plain.toString();
  }
}
