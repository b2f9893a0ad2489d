package io.parsecbackup.backup;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithConverter;
import io.smallrye.config.WithDefault;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneId;
import java.util.Optional;

/** Settings of backups. */
@ConfigMapping(prefix = "parsec.backup")
public interface BackupConfig {

  /**
   * Where the repository is: a path, a {@code file:} URL, or a bucket as {@code
   * s3:ENDPOINT:REGION:BUCKET:KEY:SECRET} (Parsec's grammar) or {@code s3://BUCKET/PREFIX} (AWS's
   * default credential chain).
   */
  Optional<String> repository();

  /** The prefix of all keys of this repository, if it is in a bucket. */
  Optional<String> repositoryPrefix();

  /**
   * The folder for scratch and for copies of index files of a repository in a bucket; its content
   * can be deleted at any time. Default: the folder for temporary files.
   */
  Optional<Path> cache();

  /** Further repositories that are kept equal to the first one, separated by white space. */
  Optional<String> copies();

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
