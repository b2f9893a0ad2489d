package io.parsecbackup.backup;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonInclude.Include;
import io.parsecbackup.job.JobDocument;
import io.parsecbackup.job.JobState;
import io.parsecbackup.job.ProgressReport;
import io.parsecbackup.job.Trigger;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/**
 * A backup, or a run that published nothing. {@code backup.json}, {@code runs/<id>.json}, REST and
 * {@code --json} all show this document.
 *
 * @param snapshotAt the backup's date: the database's own time at the snapshot
 * @param coveredUntil of a complete backup without a dump: if the database is recovered to this
 *     instant or an earlier one, the repository has all its objects
 * @param warnings what an operator should know about the run, even if it succeeded
 * @param error why a run published nothing
 * @param progress only while it runs
 * @param sha256sums digest of the backup's SHA256SUMS
 */
@RegisterForReflection
@JsonInclude(Include.NON_ABSENT)
@Schema(description = "A backup, or a run that published nothing. Unknown values are absent.")
public record Backup(
    @Schema(description = "The start as a UTC second.", examples = "20261122T020000Z") String id,
    @Schema(description = "Only complete and incomplete backups are published.") JobState state,
    Trigger trigger,
    @Schema(description = "The backup's date: the database's own time at the snapshot.")
        Optional<Instant> snapshotAt,
    @Schema(
            description =
                "Only of a complete backup without a dump: if another tool recovers the database to"
                    + " this instant or an earlier one, the repository has all its objects.")
        Optional<Instant> coveredUntil,
    Instant startedAt,
    Optional<Instant> finishedAt,
    Optional<Postgres> postgres,
    Optional<DumpFile> dump,
    Optional<ObjectCounts> objects,
    @JsonInclude(Include.NON_EMPTY)
        @Schema(description = "What an operator should know about the run, even if it succeeded.")
        List<String> warnings,
    @Schema(description = "Why a run published nothing.") Optional<String> error,
    @Schema(description = "Only while it runs.") Optional<ProgressReport> progress,
    @Schema(description = "SHA-256 of the backup's SHA256SUMS.") Optional<String> sha256sums,
    @Schema(description = "SHA-256 of backup.json, computed with zeros in place of these digits.")
        Optional<String> seal)
    implements JobDocument {

  public Backup {
    // Documents of other versions may not have the list.
    warnings = warnings == null ? List.of() : List.copyOf(warnings);
  }

  /**
   * The database at the time of the snapshot.
   *
   * @param server the version of the server
   * @param pgDump the version of the tool; absent without a dump
   * @param parsecMigration the newest applied migration; absent if the database has no such table
   * @param schema the schema that contains Parsec's tables; absent if the database has no such
   *     tables, and in backups of older versions
   */
  @RegisterForReflection
  @JsonInclude(Include.NON_ABSENT)
  @Schema(
      description =
          "The database at the time of the snapshot. pgDump: the version of the tool, absent"
              + " without a dump; parsecMigration: the newest applied migration; schema: the schema"
              + " that contains Parsec's tables, absent without them.")
  public record Postgres(
      String server,
      Optional<String> pgDump,
      String database,
      String encoding,
      String collate,
      Optional<Integer> parsecMigration,
      Optional<String> schema) {

    /** The same with the version of the tool. */
    Postgres dumpedBy(String tool) {
      return new Postgres(
          server, Optional.of(tool), database, encoding, collate, parsecMigration, schema);
    }
  }

  /**
   * The dump: name in the backup's folder, {@code pg_dump}'s format, size and digest of the file,
   * and whether the file is encrypted.
   */
  @RegisterForReflection
  @Schema(description = "The dump: file in the backup's folder, pg_dump's format, size, SHA-256.")
  public record DumpFile(
      String file, String format, long bytes, String sha256, boolean encrypted) {}

  /**
   * The number of objects with each outcome.
   *
   * @param strategy {@code references}, {@code listing}, or {@code none} if the blocks are in the
   *     dump
   * @param referenced distinct objects that the dump's block rows name
   * @param referencedBytes the sum of their sizes in those rows
   * @param copied fetched by this run
   * @param skipped already in the repository
   * @param missing referenced objects that the source does not have, or has with another size
   * @param accepted missing or failed objects whose loss was accepted
   * @param failed objects that could not be read from the source
   * @param refused keys that cannot be file names
   * @param conflicts objects that have other bytes under {@code conflicts/}
   * @param orphans listed objects that the dump does not refer to; absent if nothing was listed
   * @param comparedAt when the whole listing was last compared with the repository
   * @param checkedByLengthOnly copied objects that could be checked by their length only, because
   *     the source sent neither an MD5 nor a checksum; absent in older documents
   */
  @RegisterForReflection
  @JsonInclude(Include.NON_ABSENT)
  @Schema(
      description =
          "The number of objects with each outcome. copied: fetched by this run; skipped: already"
              + " in the repository; missing: referenced, but the source does not have them, or"
              + " has them with another size; accepted: missing or failed, but the loss was"
              + " accepted; failed: could not be read from the source; refused: the key cannot be"
              + " a file name; conflicts: other bytes are stored under conflicts/; orphans:"
              + " listed, but not referenced; comparedAt: when the whole listing was last"
              + " compared; checkedByLengthOnly: copied, but the source sent neither an MD5 nor a"
              + " checksum.")
  public record ObjectCounts(
      String strategy,
      long referenced,
      long referencedBytes,
      long copied,
      long copiedBytes,
      long skipped,
      long missing,
      long accepted,
      long failed,
      long refused,
      long conflicts,
      Optional<Long> orphans,
      Optional<Instant> comparedAt,
      Optional<Long> checkedByLengthOnly) {}

  @Override
  public boolean startedBySchedule() {
    return trigger == Trigger.SCHEDULE;
  }

  /** Its state, and the number of accepted losses if there are any. */
  public String stateInWords() {
    long accepted = objects.map(ObjectCounts::accepted).orElse(0L);
    return state.word()
        + (accepted == 0
            ? ""
            : ", " + accepted + (accepted == 1 ? " accepted loss" : " accepted losses"));
  }

  /** What to do if this backup is incomplete. */
  public String incompleteAdvice() {
    long missing = objects.map(counts -> counts.missing() + counts.failed()).orElse(0L);
    if (missing == 0) {
      return "the newest backup " + id + " is incomplete. Its warnings say why";
    }
    return "the newest backup "
        + id
        + " is incomplete: "
        + (missing == 1 ? "1 object is" : missing + " objects are")
        + " missing. Restore them at the source and run 'backup'; if they are lost for good, run"
        + " 'accept "
        + id
        + "'";
  }

  /** This backup with its current progress. */
  public Backup withProgress(ProgressReport report) {
    return new Backup(
        id,
        state,
        trigger,
        snapshotAt,
        coveredUntil,
        startedAt,
        finishedAt,
        postgres,
        dump,
        objects,
        warnings,
        error,
        Optional.of(report),
        sha256sums,
        seal);
  }
}
