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

  private static final int DIGITS = 64;
  private static final String COVERED = "covered";
  private static final String OPEN = "open";

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
        + (entry.covered() ? COVERED : OPEN);
  }

  /**
   * The record behind {@code line}.
   *
   * @throws IllegalArgumentException when the line is not one that {@link #format} wrote
   */
  static IndexRecord parse(String line) {
    // Each column begins one past the tab before it, which is 0 where there is no such tab.
    int size = line.indexOf('\t') + 1;
    int sha256 = line.indexOf('\t', size) + 1;
    int etag = line.indexOf('\t', sha256) + 1;
    int lastModified = line.indexOf('\t', etag) + 1;
    int covered = line.indexOf('\t', lastModified) + 1;
    boolean isCovered = line.startsWith(COVERED, covered);
    if (size == 0
        || sha256 <= size
        || etag != sha256 + DIGITS + 1
        || lastModified <= etag
        || covered <= lastModified
        || line.length() != covered + (isCovered ? COVERED : OPEN).length()
        || !(isCovered || line.startsWith(OPEN, covered))) {
      throw new IllegalArgumentException("not an index record: " + line);
    }
    return new IndexRecord(
        unescape(line.substring(0, size - 1)),
        Long.parseLong(line, size, sha256 - 1, 10),
        line.substring(sha256, etag - 1),
        unescape(line.substring(etag, lastModified - 1)),
        Instant.ofEpochMilli(Long.parseLong(line, lastModified, covered - 1, 10)),
        isCovered);
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
