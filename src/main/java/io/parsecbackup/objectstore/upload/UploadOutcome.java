package io.parsecbackup.objectstore.upload;

/**
 * What a restore of objects did beside what its counters say.
 *
 * @param bucketCreated whether there was no bucket: it was created, or in a dry run would be
 */
public record UploadOutcome(boolean bucketCreated) {}
