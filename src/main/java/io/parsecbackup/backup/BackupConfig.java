package io.parsecbackup.backup;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithConverter;
import io.smallrye.config.WithDefault;
import java.time.Duration;
import java.time.ZoneId;
import java.util.Optional;

/** Settings of backups. */
@ConfigMapping(prefix = "parsec.backup")
public interface BackupConfig {

  /** The folder of the repository: a path or a {@code file:} URL. */
  Optional<String> repository();

  /** When backups start: Unix cron, {@code every 6h}, or {@code off}. */
  @WithDefault("0 2 * * *")
  String schedule();

  /** The time zone of all schedules. */
  @WithDefault("UTC")
  @WithConverter(TimeZoneConverter.class)
  ZoneId timeZone();

  /** The maximum duration of a run. A run that takes longer is stopped and fails. */
  @WithDefault("24h")
  Duration runTimeout();

  /**
   * If the newest complete backup is older than this, it is stale. Default: twice the schedule's
   * interval, or 26h if the schedule is off.
   */
  Optional<Duration> maxAge();
}
