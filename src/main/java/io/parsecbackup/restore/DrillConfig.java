package io.parsecbackup.restore;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.util.Optional;

/** When a restore is tried out by itself, and where. */
@ConfigMapping(prefix = "parsec.backup.drill")
public interface DrillConfig {

  String SCHEDULE_KEY = "parsec.backup.drill.schedule";

  String DATABASE_KEY = "parsec.backup.drill.database";

  /** Unix cron, {@code every 7d}, or {@code off}. */
  @WithDefault("off")
  String schedule();

  /**
   * The server on which the scratch database is made, as a connection URI; the source's where it is
   * not set. May hold a password: it is shown nowhere.
   */
  Optional<String> database();
}
