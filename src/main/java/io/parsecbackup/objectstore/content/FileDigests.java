package io.parsecbackup.objectstore.content;

/**
 * The size and digests of bytes that are in a file.
 *
 * @param size in bytes
 * @param sha256 as lower-case hex
 * @param md5 as lower-case hex
 */
public record FileDigests(long size, String sha256, String md5) {}
