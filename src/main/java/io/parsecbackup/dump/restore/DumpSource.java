package io.parsecbackup.dump.restore;

import io.parsecbackup.dump.archive.DumpFormat;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A dump to restore.
 *
 * @param backupId marks the databases that are made from it, to recognise an interrupted restore
 * @param repositoryId as {@code backupId}
 * @param encoding of the source database, if the backup recorded it
 * @param collate the source database's LC_COLLATE, if the backup recorded it
 * @param schema the schema of Parsec's tables, if the backup recorded it
 */
public record DumpSource(
    Path file,
    DumpFormat format,
    String backupId,
    String repositoryId,
    Optional<String> encoding,
    Optional<String> collate,
    Optional<String> schema) {}
