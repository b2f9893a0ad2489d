package io.parsecbackup.objectstore.content;

/**
 * The size and digests of a body.
 *
 * @param size in bytes
 * @param sha256 as lower-case hex
 * @param md5 as lower-case hex
 */
public record FileDigests(long size, String sha256, String md5) {}
