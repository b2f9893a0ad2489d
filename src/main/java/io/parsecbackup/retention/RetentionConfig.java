package io.parsecbackup.retention;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;

/**
 * Settings of the retention of backups. A count is a number, or {@code unlimited}. A backup is kept
 * if at least one rule keeps it.
 */
@ConfigMapping(prefix = "parsec.backup.retention")
public interface RetentionConfig {

  /** How many of the newest backups are kept. */
  @WithDefault("7")
  String keepLast();

  /** For how many days that have a backup the newest one is kept. */
  @WithDefault("7")
  String keepDaily();

  /** For how many ISO weeks that have a backup the newest one is kept. */
  @WithDefault("4")
  String keepWeekly();

  /** For how many months that have a backup the newest one is kept. */
  @WithDefault("12")
  String keepMonthly();

  /** For how many years that have a backup the newest one is kept. */
  @WithDefault("0")
  String keepYearly();

  /**
   * Which objects stay: {@code keep} for all of them, {@code referenced} for those that a kept
   * backup refers to.
   */
  @WithDefault("keep")
  String objects();
}
