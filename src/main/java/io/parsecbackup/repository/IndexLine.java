package io.parsecbackup.repository;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;

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
  private static final byte[] COVERED = "covered".getBytes(StandardCharsets.UTF_8);
  private static final byte[] OPEN = "open".getBytes(StandardCharsets.UTF_8);

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
    byte[] bytes = line.getBytes(StandardCharsets.UTF_8);
    return parse(bytes, 0, bytes.length);
  }

  /**
   * As above, of a line that is UTF-8 in {@code bytes}, {@code end} being the index after its last.
   */
  static IndexRecord parse(byte[] bytes, int start, int end) {
    int size = column(bytes, start, end);
    int sha256 = column(bytes, size, end);
    int etag = column(bytes, sha256, end);
    int lastModified = column(bytes, etag, end);
    int covered = column(bytes, lastModified, end);
    boolean isCovered = isWord(COVERED, bytes, covered, end);
    if (etag != sha256 + DIGITS + 1 || !(isCovered || isWord(OPEN, bytes, covered, end))) {
      throw noRecord(bytes, start, end);
    }
    return new IndexRecord(
        unescape(text(bytes, start, size - 1)),
        Long.parseLong(text(bytes, size, sha256 - 1)),
        text(bytes, sha256, etag - 1),
        unescape(text(bytes, etag, lastModified - 1)),
        Instant.ofEpochMilli(Long.parseLong(text(bytes, lastModified, covered - 1))),
        isCovered);
  }

  /** Whether the record that ends at {@code end}, and begins before {@code from}, is covered. */
  static boolean isCovered(byte[] bytes, int from, int end) {
    int word = end - COVERED.length;
    return word > from && bytes[word - 1] == '\t' && isWord(COVERED, bytes, word, end);
  }

  private static boolean isWord(byte[] word, byte[] bytes, int start, int end) {
    return Arrays.equals(bytes, start, end, word, 0, word.length);
  }

  /** Where the column after the one that begins at {@code from} begins. */
  private static int column(byte[] bytes, int from, int end) {
    for (int at = from; at < end; at++) {
      if (bytes[at] == '\t') {
        return at + 1;
      }
    }
    throw noRecord(bytes, from, end);
  }

  private static IllegalArgumentException noRecord(byte[] bytes, int start, int end) {
    return new IllegalArgumentException("not an index record: " + text(bytes, start, end));
  }

  private static String text(byte[] bytes, int start, int end) {
    return new String(bytes, start, end - start, StandardCharsets.UTF_8);
  }

  static boolean isHeader(byte[] bytes, int start, int end) {
    return start < end && bytes[start] == '#' && text(bytes, start, end).equals(HEADER);
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
