package io.parsecbackup.objectstore.raid;

import io.parsecbackup.objectstore.listing.ListedObject;
import java.time.Instant;

/**
 * A whole object as the listing of a source shows it.
 *
 * @param etag without quotes; the text of {@link NodeEtags} if several nodes list the object
 */
public record SourceObject(String key, ListedSize size, String etag, Instant lastModified) {

  /** An object of a single bucket. */
  static SourceObject of(ListedObject listed) {
    return new SourceObject(
        listed.key(), new ListedSize.Whole(listed.size()), listed.etag(), listed.lastModified());
  }
}
