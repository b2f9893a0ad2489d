package io.parsecbackup.job;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonInclude.Include;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/**
 * What a job that is not a backup did, or is doing.
 *
 * @param kind {@code verify}, {@code drill}, {@code restore} or {@code adopt}
 * @param backup the backup that it works on
 * @param subset which part of the objects a verification reads, {@code n/t}
 * @param checked how much was read, compared or sent
 * @param findings at most {@link #MOST_FINDINGS} of them
 * @param furtherFindings how many more there were
 * @param done lines that say what was done
 * @param next steps that an operator has to take now
 * @param dryRun whether a restore only said what it would do
 * @param error why it did not finish
 * @param progress only while it runs
 */
@RegisterForReflection
@JsonInclude(Include.NON_ABSENT)
@Schema(description = "What a job that is no backup did, or is doing. What is not known is absent.")
public record JobResult(
    @Schema(description = "The start as a UTC second.", examples = "20261122T043000Z") String id,
    @Schema(description = "verify, drill, restore or adopt.") String kind,
    @Schema(description = "incomplete: it came to its end, and found damage or differences.")
        JobState state,
    @Schema(description = "The backup it is about.") Optional<String> backup,
    Optional<Trigger> trigger,
    Instant startedAt,
    Optional<Instant> finishedAt,
    @Schema(description = "Which part of the objects a verification reads, n/t.")
        Optional<String> subset,
    Checked checked,
    @Schema(description = "What is not as expected; the first 1000.") List<Finding> findings,
    @Schema(description = "How many there were beyond these.") Optional<Long> furtherFindings,
    @JsonInclude(Include.NON_EMPTY) List<String> warnings,
    @JsonInclude(Include.NON_EMPTY) @Schema(description = "What was done, in words.")
        List<String> done,
    @JsonInclude(Include.NON_EMPTY)
        @Schema(description = "What an operator has to do now, in words.")
        List<String> next,
    @Schema(description = "Whether nothing was done, and only said.") Optional<Boolean> dryRun,
    @Schema(description = "Why it did not come to its end.") Optional<String> error,
    @Schema(description = "Only while it runs.") Optional<ProgressReport> progress)
    implements JobDocument {

  public static final int MOST_FINDINGS = 1_000;

  public JobResult {
    // Other versions may write documents without the lists.
    findings = findings == null ? List.of() : List.copyOf(findings);
    warnings = warnings == null ? List.of() : List.copyOf(warnings);
    done = done == null ? List.of() : List.copyOf(done);
    next = next == null ? List.of() : List.copyOf(next);
  }

  @Override
  public boolean startedBySchedule() {
    return trigger.stream().anyMatch(Trigger.SCHEDULE::equals);
  }

  /** This job, whose record says that it runs, after its process was killed. */
  JobResult killed() {
    return new JobResult(
        id,
        kind,
        JobState.FAILED,
        backup,
        trigger,
        startedAt,
        Optional.empty(),
        subset,
        checked,
        findings,
        furtherFindings,
        warnings,
        done,
        next,
        dryRun,
        Optional.of(
            "it stopped without recording a result: the process was killed or the machine went"
                + " down. No backup was changed; start it again"),
        Optional.empty());
  }

  /**
   * How much was read.
   *
   * @param byLengthOnly the objects among them of which only the length could be checked when they
   *     were fetched; only for a verification
   */
  @RegisterForReflection
  @JsonInclude(Include.NON_ABSENT)
  @Schema(
      description =
          "How much was read, compared or sent. byLengthOnly: of a verification, the objects among"
              + " them whose bytes had neither an MD5 nor a checksum to be compared with when they"
              + " were fetched.")
  public record Checked(long objects, long bytes, Optional<Long> byLengthOnly) {}

  /**
   * One thing that is not as expected.
   *
   * @param key an object's key, or a file's path from the repository's root, or a table's name
   * @param problem digest, size, lost, unreadable or differs
   */
  @RegisterForReflection
  @Schema(
      description =
          "One thing that is not as expected. key: an object's, or a file's path from the"
              + " repository's root, or a table. problem: digest, size, lost, unreadable or differs.")
  public record Finding(String key, String problem, String expected, String found) {}
}
