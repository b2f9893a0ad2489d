package io.parsecbackup.repository.index;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;

/**
 * One {@link IndexRecord} as a line of text: tab-separated key, size, SHA-256, ETag, LastModified
 * in milliseconds since 1970, {@code covered}, {@code open} or {@code removed}, and the name of the
 * {@link ContentCheck}, which is omitted if it is not known. Key and ETag are escaped as {@link
 * FieldText} does.
 */
public final class IndexCodec implements RecordCodec<IndexRecord> {

  public static final IndexCodec INSTANCE = new IndexCodec();

  /** The first line of every segment: the format, its version and its columns. */
  public static final String HEADER =
      "#parsec-backup-index 1\tsize\tsha256\tetag\tlast-modified-ms\tcovered|open"
          + "\tetag|checksum|length";

  /** The start of every header. Older segments have no last column. */
  private static final String HEADER_START = "#parsec-backup-index 1\tsize\t";

  private static final int DIGITS = 64;
  private static final byte[] COVERED = "covered".getBytes(StandardCharsets.UTF_8);
  private static final List<ContentCheck> CHECKS =
      List.of(ContentCheck.ETAG, ContentCheck.CHECKSUM, ContentCheck.LENGTH);
  private static final byte[] OPEN = "open".getBytes(StandardCharsets.UTF_8);
  private static final byte[] REMOVED = "removed".getBytes(StandardCharsets.UTF_8);

  private IndexCodec() {}

  @Override
  public String key(IndexRecord entry) {
    return entry.key();
  }

  @Override
  public String format(IndexRecord entry) {
    return FieldText.escape(entry.key())
        + '\t'
        + entry.size()
        + '\t'
        + entry.sha256()
        + '\t'
        + FieldText.escape(entry.etag())
        + '\t'
        + entry.lastModified().toEpochMilli()
        + '\t'
        + (entry.removed() ? "removed" : entry.covered() ? "covered" : "open")
        + (entry.check() == ContentCheck.UNKNOWN ? "" : '\t' + entry.check().word());
  }

  /**
   * The record in {@code line}.
   *
   * @throws IllegalArgumentException when {@link #format} did not write this line
   */
  IndexRecord parse(String line) {
    byte[] bytes = line.getBytes(StandardCharsets.UTF_8);
    return parse(bytes, 0, bytes.length);
  }

  @Override
  public IndexRecord parse(byte[] bytes, int start, int end) {
    int size = column(bytes, start, end);
    int sha256 = column(bytes, size, end);
    int etag = column(bytes, sha256, end);
    int lastModified = column(bytes, etag, end);
    int covered = column(bytes, lastModified, end);
    ContentCheck check = check(bytes, covered, end);
    int coveredEnd = withoutCheck(check, end);
    boolean isCovered = isWord(COVERED, bytes, covered, coveredEnd);
    boolean isRemoved = isWord(REMOVED, bytes, covered, coveredEnd);
    if (etag != sha256 + DIGITS + 1
        || !(isCovered || isRemoved || isWord(OPEN, bytes, covered, coveredEnd))) {
      throw notARecord(bytes, start, end);
    }
    return new IndexRecord(
        FieldText.unescape(text(bytes, start, size - 1)),
        Long.parseLong(text(bytes, size, sha256 - 1)),
        text(bytes, sha256, etag - 1),
        FieldText.unescape(text(bytes, etag, lastModified - 1)),
        Instant.ofEpochMilli(Long.parseLong(text(bytes, lastModified, covered - 1))),
        isCovered,
        check,
        isRemoved);
  }

  /** Whether the record that begins before {@code from} and ends at {@code end} is of a removal. */
  static boolean isRemoved(byte[] bytes, int from, int end) {
    return isLastWord(REMOVED, bytes, from, end);
  }

  /** Whether the record that begins before {@code from} and ends at {@code end} is covered. */
  static boolean isCovered(byte[] bytes, int from, int end) {
    return isLastWord(COVERED, bytes, from, withoutCheck(check(bytes, from, end), end));
  }

  /** The last column of a record that begins before {@code from}; UNKNOWN if it has none. */
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

  /** The start of the next column after the one that begins at {@code from}. */
  private static int column(byte[] bytes, int from, int end) {
    for (int at = from; at < end; at++) {
      if (bytes[at] == '\t') {
        return at + 1;
      }
    }
    throw notARecord(bytes, from, end);
  }

  private static IllegalArgumentException notARecord(byte[] bytes, int start, int end) {
    return new IllegalArgumentException("not an index record: " + text(bytes, start, end));
  }

  private static String text(byte[] bytes, int start, int end) {
    return new String(bytes, start, end - start, StandardCharsets.UTF_8);
  }

  @Override
  public boolean isHeader(byte[] bytes, int start, int end) {
    return start < end && bytes[start] == '#' && isHeader(text(bytes, start, end));
  }

  static boolean isHeader(String line) {
    return line.startsWith(HEADER_START);
  }
}
