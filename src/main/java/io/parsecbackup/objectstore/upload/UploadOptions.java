package io.parsecbackup.objectstore.upload;

/**
 * What an upload may do.
 *
 * @param replace whether it overwrites objects that have other bytes in the target
 * @param dryRun whether it writes nothing to the target
 */
public record UploadOptions(boolean replace, boolean dryRun) {}
