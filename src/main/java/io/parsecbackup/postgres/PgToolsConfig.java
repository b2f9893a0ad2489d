package io.parsecbackup.postgres;

import io.smallrye.config.ConfigMapping;
import java.nio.file.Path;
import java.util.Optional;

/** Where PostgreSQL's client programs are. */
@ConfigMapping(prefix = "parsec.backup")
public interface PgToolsConfig {

  /**
   * The folder of {@code pg_dump}, {@code pg_restore} and {@code psql}. If it is not set, {@code
   * PATH} and the usual folders are searched.
   */
  Optional<Path> pgBin();
}
