package io.parsecbackup.objectstore.upload;

/**
 * The results of an upload that its counters do not show.
 *
 * @param bucketCreated whether the bucket did not exist. The upload created it; a dry run would.
 */
public record UploadOutcome(boolean bucketCreated) {}
