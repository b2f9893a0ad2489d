package io.parsecbackup.dump;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;
import java.util.Optional;

/** How the database is dumped: the keys {@code parsec.backup.dump.*}. */
@ConfigMapping(prefix = "parsec.backup.dump")
public interface DumpConfig {

  /** The key of {@link #jobs}. */
  String JOBS = "parsec.backup.dump.jobs";

  /**
   * {@code custom} (for pg_restore), {@code directory} (for pg_restore, with several connections),
   * {@code plain} (for psql), or {@code none} if another tool backs up the database.
   */
  @WithDefault("custom")
  DumpChoice format();

  /**
   * {@code auto} (zstd if pg_dump has it, else gzip) or a value for pg_dump's {@code --compress}:
   * {@code none}, {@code 0} to {@code 9}, {@code gzip:6}, {@code lz4}, {@code zstd:level=3,long}. A
   * plain dump is never compressed.
   */
  @WithDefault("auto")
  String compression();

  /**
   * How many connections dump tables at once, from 1 to 64, if the format is {@code directory}. By
   * default one for each processor, at most 4.
   */
  Optional<Integer> jobs();

  /** How long pg_dump waits for a table that another session has locked, before the run fails. */
  @WithDefault("5m")
  Duration lockWaitTimeout();
}
