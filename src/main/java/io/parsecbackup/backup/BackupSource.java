package io.parsecbackup.backup;

import io.parsecbackup.Problem;
import io.parsecbackup.dump.DatabaseDumper;
import io.parsecbackup.parsec.Blockstore;
import io.parsecbackup.postgres.connection.DatabaseUri;

/** What is backed up: the database, and the block store that belongs to it. */
public record BackupSource(DatabaseUri database, Blockstore blockstore) {

  /**
   * The configured source.
   *
   * @throws Problem of kind CONFIGURATION if a setting is missing or invalid, or if nothing would
   *     be backed up: neither a dump nor objects
   */
  public static BackupSource of(SourceSettings settings, DatabaseDumper dumper) {
    Blockstore blockstore = settings.blockstore();
    if (blockstore.buckets().isEmpty() && !dumper.takesDumps()) {
      throw new Problem(
          Problem.Kind.CONFIGURATION,
          "parsec.backup.dump.format=none leaves nothing to back up, because PARSEC_BLOCKSTORE says"
              + " that the blocks are in the database. Set another format, or leave the backup to"
              + " the tool that backs up the database");
    }
    return new BackupSource(settings.database(), blockstore);
  }
}
