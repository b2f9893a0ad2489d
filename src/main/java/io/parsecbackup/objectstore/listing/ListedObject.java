package io.parsecbackup.objectstore.listing;

import io.parsecbackup.repository.index.IndexRecord;
import java.time.Instant;

/**
 * An object as a bucket's listing names it.
 *
 * @param size in bytes
 * @param etag without quotes
 */
public record ListedObject(String key, long size, String etag, Instant lastModified) {

  private static final String NO_DIGEST = "0".repeat(64);

  /** What {@link #asRecord} made of an object. */
  static ListedObject of(IndexRecord entry) {
    return new ListedObject(entry.key(), entry.size(), entry.etag(), entry.lastModified());
  }

  /** As a record without a digest, for sorting. */
  public IndexRecord asRecord() {
    return new IndexRecord(key, size, NO_DIGEST, etag, lastModified, false);
  }
}
