package io.parsecbackup.dump;

import io.parsecbackup.Problem;
import java.util.Optional;

/** How many connections dump or restore a database at once. */
public final class DumpJobs {

  /** More of them rarely help, and a database server has other clients. */
  private static final int USUAL_MOST = 4;

  private static final int MOST = 64;

  private DumpJobs() {}

  /** One for each processor, at most 4. */
  public static int usual() {
    return Math.clamp(Runtime.getRuntime().availableProcessors(), 1, USUAL_MOST);
  }

  /**
   * The setting, or else {@link #usual}.
   *
   * @param key of the setting, for the error
   * @throws Problem of kind CONFIGURATION if it is not from 1 to 64
   */
  public static int of(String key, Optional<Integer> setting) {
    int jobs = setting.orElseGet(DumpJobs::usual);
    if (jobs < 1 || jobs > MOST) {
      throw new Problem(
          Problem.Kind.CONFIGURATION,
          key + "=" + jobs + " is out of range. Set a number from 1 to " + MOST + ".");
    }
    return jobs;
  }
}
