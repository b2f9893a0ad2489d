package io.parsecbackup.backup;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonInclude.Include;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/**
 * What a job that is no backup did, or is doing.
 *
 * @param kind {@code verify}, {@code drill}, {@code restore} or {@code adopt}
 * @param backup the backup it is about
 * @param subset which part of the objects a verification reads, {@code n/t}
 * @param checked how much was read, compared or sent
 * @param findings at most {@link #MOST_FINDINGS} of them
 * @param furtherFindings how many there were beyond these
 * @param done what was done, in words
 * @param next what an operator has to do now, in words
 * @param dryRun of a restore that only said what it would do
 * @param error why it did not come to its end
 * @param progress only while it runs
 */
@RegisterForReflection
@JsonInclude(Include.NON_ABSENT)
@Schema(description = "What a job that is no backup did, or is doing. What is not known is absent.")
public record JobResult(
    @Schema(description = "The start as a UTC second.", examples = "20261122T043000Z") String id,
    @Schema(description = "verify, drill, restore or adopt.") String kind,
    @Schema(description = "incomplete: it came to its end, and found damage or differences.")
        BackupState state,
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
    @Schema(description = "Only while it runs.") Optional<Backup.ProgressReport> progress) {

  public static final int MOST_FINDINGS = 1_000;

  public JobResult {
    // Documents of other versions may lack the lists.
    findings = findings == null ? List.of() : List.copyOf(findings);
    warnings = warnings == null ? List.of() : List.copyOf(warnings);
    done = done == null ? List.of() : List.copyOf(done);
    next = next == null ? List.of() : List.copyOf(next);
  }

  /** One that is not a restore and is not going on: without the fields of those. */
  public JobResult(
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
      List<String> warnings) {
    this(
        id,
        kind,
        state,
        backup,
        trigger,
        startedAt,
        finishedAt,
        subset,
        checked,
        findings,
        Optional.empty(),
        warnings,
        List.of(),
        List.of(),
        Optional.empty(),
        error,
        Optional.empty());
  }

  /**
   * How much was read.
   *
   * @param byLengthOnly of a verification, the objects among them that had nothing but their length
   *     to be checked by when they were fetched
   */
  @RegisterForReflection
  @JsonInclude(Include.NON_ABSENT)
  @Schema(
      description =
          "How much was read, compared or sent. byLengthOnly: of a verification, the objects among"
              + " them whose bytes had neither an MD5 nor a checksum to be compared with when they"
              + " were fetched.")
  public record Checked(long objects, long bytes, Optional<Long> byLengthOnly) {

    /** Of a job that does not look at how objects were checked. */
    public Checked(long objects, long bytes) {
      this(objects, bytes, Optional.empty());
    }
  }

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
