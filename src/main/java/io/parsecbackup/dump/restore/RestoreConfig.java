package io.parsecbackup.dump.restore;

import io.smallrye.config.ConfigMapping;
import java.util.Optional;

/** How a database is restored: the keys {@code parsec.backup.restore.*}. */
@ConfigMapping(prefix = "parsec.backup.restore")
public interface RestoreConfig {

  /** The key of {@link #jobs}. */
  String JOBS = "parsec.backup.restore.jobs";

  /**
   * How many connections fill a new database at once, from 1 to 64. By default one for each
   * processor, at most 4. An existing empty database is always filled by one connection, in one
   * transaction.
   */
  Optional<Integer> jobs();
}
