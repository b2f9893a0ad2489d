package io.parsecbackup.backup;

import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Instant;
import java.util.List;

/**
 * What a job that is no backup did.
 *
 * @param kind {@code adopt}
 * @param findings at most {@link #MOST_FINDINGS} of them
 */
@RegisterForReflection
public record JobResult(
    String id,
    String kind,
    BackupState state,
    Instant startedAt,
    Instant finishedAt,
    Checked checked,
    List<Finding> findings) {

  public static final int MOST_FINDINGS = 1_000;

  /** How much was read. */
  @RegisterForReflection
  public record Checked(long objects, long bytes) {}

  /**
   * One object with which something is not as expected.
   *
   * @param problem digest, size, lost, unreadable or differs
   */
  @RegisterForReflection
  public record Finding(String key, String problem, String expected, String found) {}
}
