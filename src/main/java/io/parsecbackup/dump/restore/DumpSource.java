package io.parsecbackup.dump.restore;

import io.parsecbackup.dump.archive.DumpFormat;
import io.parsecbackup.repository.encryption.ReadableFile;

/**
 * A dump to restore.
 *
 * @param backupId marks the databases that are made from it, to recognise an interrupted restore
 * @param repositoryId as {@code backupId}
 */
public record DumpSource(
    ReadableFile file,
    DumpFormat format,
    String backupId,
    String repositoryId,
    RecordedDatabase database) {}
