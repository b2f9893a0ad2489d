package io.parsecbackup.restore;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;

/** When a restore is tried out by itself, and where. */
@ConfigMapping(prefix = "parsec.backup.drill")
public interface DrillConfig {

  String SCHEDULE_KEY = "parsec.backup.drill.schedule";

  /**
   * The server on which the scratch database is made, as a connection URI; the source's where it is
   * not set. It may hold a password, so it is no member of this mapping, which would take a <code>
   * ${</code> in it for an expression and leave it out in silence: see {@code
   * SourceSettings.database(DATABASE_KEY)}.
   */
  String DATABASE_KEY = "parsec.backup.drill.database";

  /** Unix cron, {@code every 7d}, or {@code off}. */
  @WithDefault("off")
  String schedule();
}
