package io.parsecbackup.backup;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonInclude.Include;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What a job that is no backup did, or does: what {@code checks/}, REST and {@code --json} show
 * alike.
 *
 * @param kind {@code verify}, {@code drill}, {@code restore} or {@code adopt}
 * @param backup the id of the one it is about
 * @param trigger absent where only a person can start it
 * @param finishedAt absent while it runs
 * @param subset the part of the objects that was read, as {@code n/t}; absent where there are none
 * @param findings at most {@link #MOST_FINDINGS} of them
 * @param error why it failed
 * @param warnings what an operator should know of a job that went well all the same
 */
@RegisterForReflection
@JsonInclude(Include.NON_ABSENT)
public record JobResult(
    String id,
    String kind,
    BackupState state,
    Optional<String> backup,
    Optional<Trigger> trigger,
    Instant startedAt,
    Optional<Instant> finishedAt,
    Optional<String> subset,
    Checked checked,
    List<Finding> findings,
    Optional<String> error,
    @JsonInclude(Include.NON_EMPTY) List<String> warnings) {

  public static final int MOST_FINDINGS = 1_000;

  public JobResult {
    // Documents of other versions may lack the lists.
    findings = findings == null ? List.of() : List.copyOf(findings);
    warnings = warnings == null ? List.of() : List.copyOf(warnings);
  }

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
