package io.parsecbackup.repository.index;

import java.nio.charset.StandardCharsets;

/**
 * How an object's bytes were checked when they were fetched, the strongest first. The repository's
 * own SHA-256 proves that bytes have not changed since; this says what proved that they were the
 * right ones.
 */
public enum ContentCheck {
  /** They have the MD5 that the source's ETag names. */
  ETAG("etag"),
  /** They have the checksum of a header {@code x-amz-checksum-…}. */
  CHECKSUM("checksum"),
  /** The source names nothing that they could be compared with but their length. */
  LENGTH("length"),
  /**
   * Nobody has recorded it: the object was fetched before the index had this column, or its file
   * was taken over as it was found.
   */
  UNKNOWN("");

  private final String word;
  private final byte[] bytes;

  ContentCheck(String word) {
    this.word = word;
    this.bytes = word.getBytes(StandardCharsets.US_ASCII);
  }

  /** As the index writes it; empty where it writes nothing. */
  String word() {
    return word;
  }

  byte[] bytes() {
    return bytes;
  }

  /** The weaker of the two: what can be said of an object that was made of both. */
  public ContentCheck orWeaker(ContentCheck other) {
    return compareTo(other) >= 0 ? this : other;
  }
}
