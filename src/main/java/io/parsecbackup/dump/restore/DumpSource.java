package io.parsecbackup.dump.restore;

import io.parsecbackup.dump.archive.DumpFormat;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A dump to put back.
 *
 * @param backupId marks what is being made of it, so that a restore that was cut off is recognised
 * @param repositoryId as {@code backupId}
 * @param encoding of the database that was dumped, where the backup knows it
 * @param collate that database's LC_COLLATE, where the backup knows it
 * @param schema the one that Parsec's tables were in, where the backup knows it
 */
public record DumpSource(
    Path file,
    DumpFormat format,
    String backupId,
    String repositoryId,
    Optional<String> encoding,
    Optional<String> collate,
    Optional<String> schema) {}
