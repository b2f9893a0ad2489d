package io.parsecbackup.testing;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * An object in a bucket.
 *
 * @param etag without quotes
 * @param lastModified in whole seconds, as S3 reports it
 * @param metadata the user's own headers
 */
public record StoredObject(
    Content content,
    String etag,
    Instant lastModified,
    Map<String, String> metadata,
    Optional<String> contentType) {

  static StoredObject of(Content content, Instant lastModified) {
    return new StoredObject(content, content.md5(), lastModified, Map.of(), Optional.empty());
  }
}
