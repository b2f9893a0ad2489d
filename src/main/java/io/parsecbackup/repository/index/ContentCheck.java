package io.parsecbackup.repository.index;

import java.nio.charset.StandardCharsets;

/**
 * How an object's bytes were checked when they were fetched, the strongest check first. The
 * repository's SHA-256 shows that bytes have not changed since then; this shows how it was verified
 * that they are the right ones.
 */
public enum ContentCheck {
  /** Their MD5 is the source's ETag. */
  ETAG("etag"),
  /** They match a header {@code x-amz-checksum-…}. */
  CHECKSUM("checksum"),
  /** Only their length could be compared with the source. */
  LENGTH("length"),
  /**
   * Not recorded: the object was fetched before the index had this column, or its file was adopted
   * as it was.
   */
  UNKNOWN("");

  private final String word;
  private final byte[] bytes;

  ContentCheck(String word) {
    this.word = word;
    this.bytes = word.getBytes(StandardCharsets.US_ASCII);
  }

  /** As the index writes it; empty if it writes nothing. */
  String word() {
    return word;
  }

  byte[] bytes() {
    return bytes;
  }

  /** The weaker of the two, for an object that was assembled from both. */
  public ContentCheck orWeaker(ContentCheck other) {
    return compareTo(other) >= 0 ? this : other;
  }
}
