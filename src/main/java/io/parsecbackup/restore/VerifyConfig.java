package io.parsecbackup.restore;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;

/** When the newest backup is verified by itself, and how much of it at a time. */
@ConfigMapping(prefix = "parsec.backup.verify")
public interface VerifyConfig {

  String SCHEDULE_KEY = "parsec.backup.verify.schedule";

  String SUBSET_KEY = "parsec.backup.verify.subset";

  /** Unix cron, {@code every 6h}, or {@code off}. */
  @WithDefault("30 4 * * *")
  String schedule();

  /**
   * The part that a scheduled verification begins with, as {@link Subset#parse} reads it; each one
   * after it takes the next.
   */
  @WithDefault("1/30")
  String subset();
}
