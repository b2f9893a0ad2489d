package io.parsecbackup.backup;

import io.parsecbackup.parsec.Blockstore;
import io.parsecbackup.postgres.connection.DatabaseUri;

/** What is backed up: the database, and the block store that belongs to it. */
public record BackupSource(DatabaseUri database, Blockstore blockstore) {}
