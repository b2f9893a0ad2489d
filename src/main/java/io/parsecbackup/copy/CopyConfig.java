package io.parsecbackup.copy;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;

/** When copies are updated; {@code parsec.backup.copies} names their places. */
@ConfigMapping(prefix = "parsec.backup.copy")
public interface CopyConfig {

  String SCHEDULE_KEY = "parsec.backup.copy.schedule";

  /** The schedule that follows the backups. */
  String AFTER_BACKUP = "after-backup";

  /**
   * When the copies are updated: {@value #AFTER_BACKUP}, Unix cron, {@code every 6h}, or {@code
   * off}.
   */
  @WithDefault(AFTER_BACKUP)
  String schedule();
}
