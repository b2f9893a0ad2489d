package io.parsecbackup.objectstore.upload;

/**
 * The options of an upload.
 *
 * @param replace whether it overwrites objects that have other bytes in the target
 * @param dryRun whether it writes nothing to the target
 */
public record UploadOptions(boolean replace, boolean dryRun) {}
