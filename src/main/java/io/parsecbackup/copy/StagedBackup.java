package io.parsecbackup.copy;

import java.util.List;

/**
 * The files of a backup in the scratch folder of a place, all intact.
 *
 * @param files all but the last two
 * @param checksums the bytes of {@code SHA256SUMS}
 * @param document the bytes of {@code backup.json}
 */
@SuppressWarnings("ArrayRecordComponent") // nobody compares them
record StagedBackup(List<StagedFile> files, byte[] checksums, byte[] document) {}
