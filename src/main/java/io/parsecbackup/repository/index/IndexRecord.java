package io.parsecbackup.repository.index;

import java.time.Instant;

/**
 * The index record of one stored object, or of one that was stored and then removed.
 *
 * @param key the object's key in the bucket, and its path under {@code objects/}
 * @param size in bytes
 * @param sha256 of the stored bytes, 64 lower-case hex digits
 * @param etag from the server, without quotes
 * @param lastModified from the server, to the millisecond
 * @param covered whether it was copied after a snapshot that has its row, so its bytes are final
 * @param check how the bytes were checked when they were fetched
 * @param removed whether the repository no longer has the object: older records of its key are void
 */
public record IndexRecord(
    String key,
    long size,
    String sha256,
    String etag,
    Instant lastModified,
    boolean covered,
    ContentCheck check,
    boolean removed) {

  /** An object that is stored. */
  public IndexRecord(
      String key,
      long size,
      String sha256,
      String etag,
      Instant lastModified,
      boolean covered,
      ContentCheck check) {
    this(key, size, sha256, etag, lastModified, covered, check, false);
  }

  /** An object whose check was not recorded. */
  public IndexRecord(
      String key, long size, String sha256, String etag, Instant lastModified, boolean covered) {
    this(key, size, sha256, etag, lastModified, covered, ContentCheck.UNKNOWN);
  }

  /** Whether both have the same size and digest. */
  public boolean hasBytesOf(IndexRecord other) {
    return size == other.size && sha256.equals(other.sha256);
  }

  /** The same object with bytes that are final or not. */
  public IndexRecord covered(boolean isFinal) {
    return new IndexRecord(key, size, sha256, etag, lastModified, isFinal, check);
  }

  /** The record that says that this object was removed. */
  public IndexRecord asRemoved() {
    return new IndexRecord(
        key, size, sha256, etag, lastModified, false, ContentCheck.UNKNOWN, true);
  }
}
