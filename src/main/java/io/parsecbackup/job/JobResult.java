package io.parsecbackup.job;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonInclude.Include;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/**
 * The result or the progress of a job other than a backup.
 *
 * @param kind {@code verify}, {@code drill}, {@code restore}, {@code adopt}, {@code prune} or
 *     {@code copy}
 * @param backup the backup that it works on; a prune works on all of them, and a copy too: then the
 *     newest
 * @param subset which part of the objects a verification reads, {@code n/t}
 * @param checked how much was read, compared or sent
 * @param findings at most {@link #MOST_FINDINGS} of them
 * @param furtherFindings how many more there were
 * @param done lines that say what was done
 * @param next steps that an operator has to take now
 * @param decisions of a prune: which backups are kept, the newest backup first
 * @param removed of a prune: how much it removed
 * @param copies of a copy: what happened at each place
 * @param dryRun whether a restore or a prune only reported what it would do
 * @param error the reason why it did not finish
 * @param progress only while it runs
 */
@RegisterForReflection
@JsonInclude(Include.NON_ABSENT)
@Schema(
    description =
        "The result or the progress of a job other than a backup. Unknown values are absent.")
public record JobResult(
    @Schema(description = "The start as a UTC second.", examples = "20261122T043000Z") String id,
    @Schema(description = "verify, drill, restore, adopt, prune or copy.") String kind,
    @Schema(description = "incomplete: it finished, but found damage or differences.")
        JobState state,
    @Schema(description = "The backup that it works on.") Optional<String> backup,
    Optional<Trigger> trigger,
    Instant startedAt,
    Optional<Instant> finishedAt,
    @Schema(description = "Which part of the objects a verification reads, n/t.")
        Optional<String> subset,
    Checked checked,
    @Schema(description = "Damage and differences; the first 1000.") List<Finding> findings,
    @Schema(description = "How many more findings there were.") Optional<Long> furtherFindings,
    @JsonInclude(Include.NON_EMPTY) List<String> warnings,
    @JsonInclude(Include.NON_EMPTY) @Schema(description = "What was done, in words.")
        List<String> done,
    @JsonInclude(Include.NON_EMPTY)
        @Schema(description = "What an operator has to do now, in words.")
        List<String> next,
    @JsonInclude(Include.NON_EMPTY)
        @Schema(description = "Of a prune: which backups are kept, the newest backup first.")
        List<Decision> decisions,
    @Schema(description = "Of a prune: how much it removed, or would remove.")
        Optional<Removed> removed,
    @JsonInclude(Include.NON_EMPTY)
        @Schema(description = "Of a copy: what happened at each place, in the configured order.")
        List<Copied> copies,
    @Schema(description = "Whether it was a dry run, which changes nothing.")
        Optional<Boolean> dryRun,
    @Schema(description = "Why it did not finish.") Optional<String> error,
    @Schema(description = "Only while it runs.") Optional<ProgressReport> progress)
    implements JobDocument {

  public static final int MOST_FINDINGS = 1_000;

  public JobResult {
    // Other versions may write documents without the lists.
    findings = findings == null ? List.of() : List.copyOf(findings);
    warnings = warnings == null ? List.of() : List.copyOf(warnings);
    done = done == null ? List.of() : List.copyOf(done);
    next = next == null ? List.of() : List.copyOf(next);
    decisions = decisions == null ? List.of() : List.copyOf(decisions);
    copies = copies == null ? List.of() : List.copyOf(copies);
  }

  @Override
  public boolean startedBySchedule() {
    return trigger.stream().anyMatch(Trigger.SCHEDULE::equals);
  }

  /** The result of a job whose process was killed, so that its record still says that it runs. */
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
        decisions,
        removed,
        copies,
        dryRun,
        Optional.of(JobDocument.KILLED + ". No backup was changed; start it again"),
        Optional.empty());
  }

  /**
   * What a copy did at one place.
   *
   * @param repository the place; contains no secret
   * @param state how the work at this place ended
   * @param backups how many it published there
   * @param objects how many it copied there, with their bytes
   * @param error why it did not finish there
   */
  @RegisterForReflection
  @JsonInclude(Include.NON_ABSENT)
  @Schema(
      description =
          "What a copy did at one place: the backups that it published there, the objects that it"
              + " copied there and their bytes. state: complete, incomplete (objects or backups are"
              + " damaged or missing), failed or cancelled.")
  public record Copied(
      String repository,
      JobState state,
      long backups,
      long objects,
      long bytes,
      Optional<String> error) {}

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
   * What a prune does with a backup.
   *
   * @param date the date of the backup's data; absent if its document is damaged
   * @param rules the rules that keep it, or why no rule keeps it
   */
  @RegisterForReflection
  @JsonInclude(Include.NON_ABSENT)
  @Schema(
      description =
          "What a prune does with a backup. rules: the rules that keep it, or why no rule keeps"
              + " it.")
  public record Decision(String backup, Optional<Instant> date, boolean keep, List<String> rules) {}

  /**
   * How much a prune removed; in a dry run, how much it would remove.
   *
   * @param objects files under {@code objects/} that no kept backup refers to
   * @param bytes of the dumps and the objects
   * @param waiting objects that no kept backup refers to, and that a later prune removes
   * @param records of old runs and jobs
   * @param refused files that the storage did not let the program delete; a later prune tries again
   */
  @RegisterForReflection
  @Schema(
      description =
          "How much a prune removed, or would remove. objects: under objects/, because no kept"
              + " backup refers to them; bytes: of dumps and objects; waiting: objects that no kept"
              + " backup refers to, and that a later prune removes; records: of old runs and jobs;"
              + " refused: files that the storage did not let the program delete, for a later prune"
              + " to try again.")
  public record Removed(
      long backups, long objects, long bytes, long waiting, long records, long refused) {}

  /**
   * One damaged, missing or different object, file or table.
   *
   * @param key an object's key, or a file's path from the repository's root, or a table's name
   * @param problem digest, size, lost, unreadable or differs
   */
  @RegisterForReflection
  @Schema(
      description =
          "One damaged, missing or different object, file or table. key: the object's key, the"
              + " file's path from the repository's root, or the table's name. problem: digest,"
              + " size, lost, unreadable or differs.")
  public record Finding(String key, String problem, String expected, String found) {}
}
