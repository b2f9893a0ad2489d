package io.parsecbackup.objectstore.upload;

/**
 * What a restore of objects may do.
 *
 * @param replace whether objects that the target holds with other bytes are overwritten
 * @param dryRun whether nothing is written to the target
 */
public record UploadOptions(boolean replace, boolean dryRun) {}
