package io.parsecbackup.dump;

import io.parsecbackup.Problem;
import io.parsecbackup.dump.archive.DumpFormat;
import java.time.Duration;
import java.util.Optional;

/**
 * {@link DumpConfig}, checked.
 *
 * @param taken the format of the dump; empty if no dump is taken
 * @param jobs how many tables are dumped at once, if the format is {@code directory}
 * @param lockWaitTimeout at least 1 ms and less than 24 days, PostgreSQL's own limit
 */
public record DumpSettings(
    Optional<DumpFormat> taken, Compression compression, Duration lockWaitTimeout, int jobs) {

  /**
   * Checks the settings.
   *
   * @throws Problem of kind CONFIGURATION that names the key, the value and what is allowed
   */
  public static DumpSettings from(DumpConfig config) {
    return of(
        config.format().format(),
        config.compression(),
        config.lockWaitTimeout(),
        DumpJobs.of(DumpConfig.JOBS, config.jobs()));
  }

  /** As {@link #from}, with the usual number of jobs. */
  public static DumpSettings of(
      DumpFormat format, String compressionText, Duration lockWaitTimeout) {
    return of(format, compressionText, lockWaitTimeout, DumpJobs.usual());
  }

  public static DumpSettings of(
      DumpFormat format, String compressionText, Duration lockWaitTimeout, int jobs) {
    return of(Optional.of(format), compressionText, lockWaitTimeout, jobs);
  }

  private static DumpSettings of(
      Optional<DumpFormat> taken, String compressionText, Duration lockWaitTimeout, int jobs) {
    Compression compression = Compression.parse(compressionText);
    if (taken.isEmpty() && compression.compresses()) {
      throw new Problem(
          Problem.Kind.CONFIGURATION,
          "parsec.backup.dump.compression="
              + compressionText
              + " cannot be used with parsec.backup.dump.format=none, because there is no dump."
              + " Remove one of the two.");
    }
    if (taken.equals(Optional.of(DumpFormat.PLAIN)) && compression.compresses()) {
      throw new Problem(
          Problem.Kind.CONFIGURATION,
          "parsec.backup.dump.compression="
              + compressionText
              + " cannot be used with parsec.backup.dump.format=plain, because a plain dump is not"
              + " compressed. Remove one of the two, or use the format custom or directory.");
    }
    if (lockWaitTimeout.toMillis() < 1 || lockWaitTimeout.toMillis() > Integer.MAX_VALUE) {
      throw new Problem(
          Problem.Kind.CONFIGURATION,
          "parsec.backup.dump.lock-wait-timeout="
              + lockWaitTimeout
              + " is out of range. Set a time from 1 ms to 24 days, such as 5m.");
    }
    return new DumpSettings(taken, compression, lockWaitTimeout, jobs);
  }

  /** The format of the dump, for a run that takes one. */
  DumpFormat format() {
    return taken.orElseThrow(
        () -> new IllegalStateException("no dump is taken, so it has no format"));
  }
}
