package io.parsecbackup.repository.storage;

import java.time.Instant;

/**
 * A file in a {@link Storage}.
 *
 * @param size in bytes
 * @param lastModified of the file in a folder; in a bucket, when it was uploaded
 * @param tag changes with the content: a bucket's ETag without quotes; empty in a folder
 */
public record StoredFile(String name, long size, Instant lastModified, String tag) {}
