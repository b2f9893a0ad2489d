package io.parsecbackup.restore;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;

/** Settings of scheduled verifications. */
@ConfigMapping(prefix = "parsec.backup.verify")
public interface VerifyConfig {

  String SCHEDULE_KEY = "parsec.backup.verify.schedule";

  String SUBSET_KEY = "parsec.backup.verify.subset";

  /** When verifications start: Unix cron, {@code every 6h}, or {@code off}. */
  @WithDefault("30 4 * * *")
  String schedule();

  /**
   * The part that the first scheduled verification reads, see {@link Subset#parse}. Each later one
   * reads the next part.
   */
  @WithDefault("1/30")
  String subset();
}
