package io.parsecbackup.backup.adopt;

import io.parsecbackup.backup.BackupSource;
import io.parsecbackup.dump.SnapshotFacts;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The input of an adopt.
 *
 * @param configured the configured database
 */
record AdoptInput(BackupSource source, SnapshotFacts configured, Optional<Path> dump) {}
