package io.parsecbackup.backup;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithConverter;
import io.smallrye.config.WithDefault;
import java.time.Duration;
import java.time.ZoneId;
import java.util.Optional;

/** What concerns a backup as a whole. */
@ConfigMapping(prefix = "parsec.backup")
public interface BackupConfig {

  /** Where backups go: a path or {@code file:} URL. */
  Optional<String> repository();

  /** Unix cron, {@code every 6h}, or {@code off}. */
  @WithDefault("0 2 * * *")
  String schedule();

  /** Of all schedules. */
  @WithDefault("UTC")
  @WithConverter(TimeZoneConverter.class)
  ZoneId timeZone();

  /** A run that takes longer is ended as failed. */
  @WithDefault("24h")
  Duration runTimeout();

  /**
   * A newest complete backup older than this is stale; twice the schedule's interval, or 26h, where
   * it is not set.
   */
  Optional<Duration> maxAge();
}
