package io.parsecbackup.restore;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;

/** Settings of scheduled drills. */
@ConfigMapping(prefix = "parsec.backup.drill")
public interface DrillConfig {

  String SCHEDULE_KEY = "parsec.backup.drill.schedule";

  /**
   * The connection URI of the server on which a drill creates its scratch database. Default: the
   * source's server. This mapping has no method for it, because the URI may contain a password, and
   * a mapping would silently replace <code>${</code> expressions in it. See {@code
   * SourceSettings.database(DATABASE_KEY)}.
   */
  String DATABASE_KEY = "parsec.backup.drill.database";

  /** When drills start: Unix cron, {@code every 7d}, or {@code off}. */
  @WithDefault("off")
  String schedule();
}
