package io.parsecbackup.sync;

import java.time.Instant;

/**
 * An object as a bucket's listing names it.
 *
 * @param size in bytes
 * @param etag without quotes
 */
record ListedObject(String key, long size, String etag, Instant lastModified) {}
