package io.parsecbackup.repository.index;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One {@link IndexRecord} as a line of text: tab-separated key, size, SHA-256, ETag, LastModified
 * in milliseconds since 1970, {@code covered} or {@code open}, and the word of the {@link
 * ContentCheck}, which is left out where that is not known. In key and ETag a backslash, tab, line
 * feed and carriage return are written as in PostgreSQL's COPY format ({@code \\ \t \n \r}), so a
 * line is a record whatever a key holds.
 */
public final class IndexLine {

  /** First line of every segment: names the format, its version and the columns. */
  public static final String HEADER =
      "#parsec-backup-index 1\tsize\tsha256\tetag\tlast-modified-ms\tcovered|open"
          + "\tetag|checksum|length";

  /** How every header begins, that of older segments too, which have no last column. */
  private static final String HEADER_START = "#parsec-backup-index 1\tsize\t";

  /** A character by its number: {@code missing.txt} has those that a terminal obeys so. */
  private static final Pattern CODE = Pattern.compile("x[0-9a-f]{2}|u[0-9a-f]{4}");

  private static final int DIGITS = 64;
  private static final byte[] COVERED = "covered".getBytes(StandardCharsets.UTF_8);
  private static final List<ContentCheck> CHECKS =
      List.of(ContentCheck.ETAG, ContentCheck.CHECKSUM, ContentCheck.LENGTH);
  private static final byte[] OPEN = "open".getBytes(StandardCharsets.UTF_8);

  private IndexLine() {}

  public static String format(IndexRecord entry) {
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
        + (entry.covered() ? "covered" : "open")
        + (entry.check() == ContentCheck.UNKNOWN ? "" : '\t' + entry.check().word());
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
    ContentCheck check = check(bytes, covered, end);
    int coveredEnd = withoutCheck(check, end);
    boolean isCovered = isWord(COVERED, bytes, covered, coveredEnd);
    if (etag != sha256 + DIGITS + 1 || !(isCovered || isWord(OPEN, bytes, covered, coveredEnd))) {
      throw noRecord(bytes, start, end);
    }
    return new IndexRecord(
        unescape(text(bytes, start, size - 1)),
        Long.parseLong(text(bytes, size, sha256 - 1)),
        text(bytes, sha256, etag - 1),
        unescape(text(bytes, etag, lastModified - 1)),
        Instant.ofEpochMilli(Long.parseLong(text(bytes, lastModified, covered - 1))),
        isCovered,
        check);
  }

  /** Whether the record that ends at {@code end}, and begins before {@code from}, is covered. */
  static boolean isCovered(byte[] bytes, int from, int end) {
    return isLastWord(COVERED, bytes, from, withoutCheck(check(bytes, from, end), end));
  }

  /**
   * The last column, of a record that begins before {@code from}; unknown where it is not there.
   */
  private static ContentCheck check(byte[] bytes, int from, int end) {
    for (ContentCheck check : CHECKS) {
      if (isLastWord(check.bytes(), bytes, from, end)) {
        return check;
      }
    }
    return ContentCheck.UNKNOWN;
  }

  private static int withoutCheck(ContentCheck check, int end) {
    return check == ContentCheck.UNKNOWN ? end : end - check.bytes().length - 1;
  }

  private static boolean isLastWord(byte[] word, byte[] bytes, int from, int end) {
    int start = end - word.length;
    return start > from && bytes[start - 1] == '\t' && isWord(word, bytes, start, end);
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
    return start < end && bytes[start] == '#' && isHeader(text(bytes, start, end));
  }

  static boolean isHeader(String line) {
    return line.startsWith(HEADER_START);
  }

  public static String escape(String text) {
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

  public static String unescape(String text) {
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
      char escaped = text.charAt(i);
      Matcher code = CODE.matcher(text).region(i, text.length());
      if (code.lookingAt()) {
        plain.append((char) Integer.parseInt(text, i + 1, code.end(), 16));
        i = code.end() - 1;
        continue;
      }
      plain.append(
          switch (escaped) {
            case 't' -> '\t';
            case 'n' -> '\n';
            case 'r' -> '\r';
            default -> escaped;
          });
    }
    return plain.toString();
  }
}
