package io.parsecbackup.backup.adopt;

import io.parsecbackup.backup.BackupSource;
import io.parsecbackup.dump.ServerFacts;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What is adopted.
 *
 * @param server the one that is configured
 */
record AdoptInput(BackupSource source, ServerFacts server, Optional<Path> dump) {}
