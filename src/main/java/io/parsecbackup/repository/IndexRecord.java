package io.parsecbackup.repository;

import java.time.Instant;

/**
 * What the repository knows of one stored object.
 *
 * @param key the object's key in the bucket, and its path under {@code objects/}
 * @param size in bytes
 * @param sha256 of the stored bytes, 64 lower-case hex digits
 * @param etag as the server gave it, without quotes
 * @param lastModified as the server gave it, to the millisecond
 * @param covered whether it was copied after a snapshot that shows its row, so that its bytes are
 *     final
 */
public record IndexRecord(
    String key, long size, String sha256, String etag, Instant lastModified, boolean covered) {}
