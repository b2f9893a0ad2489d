package io.parsecbackup.backup.adopt;

import io.parsecbackup.backup.BackupSource;
import io.parsecbackup.dump.SnapshotFacts;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What is adopted.
 *
 * @param configured the database that is configured
 */
record AdoptInput(BackupSource source, SnapshotFacts configured, Optional<Path> dump) {}
