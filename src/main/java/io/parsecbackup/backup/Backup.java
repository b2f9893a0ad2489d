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
 * A backup, or a run that became none: what {@code backup.json}, {@code runs/<id>.json}, REST and
 * {@code --json} show alike.
 *
 * @param snapshotAt the backup's date: the database's own time at the snapshot
 * @param warnings what an operator should know of a run that went well all the same
 * @param error why a run published nothing
 * @param progress only while it runs
 * @param sha256sums digest of the backup's SHA256SUMS
 */
@RegisterForReflection
@JsonInclude(Include.NON_ABSENT)
@Schema(description = "A backup, or a run that became none. What is not known is absent.")
public record Backup(
    @Schema(description = "The start as a UTC second.", examples = "20261122T020000Z") String id,
    @Schema(description = "Only complete and incomplete ones are published.") JobState state,
    Trigger trigger,
    @Schema(description = "The backup's date: the database's own time at the snapshot.")
        Optional<Instant> snapshotAt,
    Instant startedAt,
    Optional<Instant> finishedAt,
    Optional<Postgres> postgres,
    Optional<DumpFile> dump,
    Optional<ObjectCounts> objects,
    @JsonInclude(Include.NON_EMPTY)
        @Schema(description = "What an operator should know of a run that went well all the same.")
        List<String> warnings,
    @Schema(description = "Why a run published nothing.") Optional<String> error,
    @Schema(description = "Only while it runs.") Optional<ProgressReport> progress,
    @Schema(description = "SHA-256 of the backup's SHA256SUMS.") Optional<String> sha256sums,
    @Schema(description = "SHA-256 of backup.json with these digits as zeros.")
        Optional<String> seal)
    implements JobDocument {

  public Backup {
    // Documents of other versions may lack the list.
    warnings = warnings == null ? List.of() : List.copyOf(warnings);
  }

  /**
   * The database, as it was.
   *
   * @param server its version
   * @param pgDump the version of the tool
   * @param parsecMigration newest migration; absent where there is no such table
   * @param schema the one that Parsec's tables are in; absent where there are none, and in backups
   *     of older versions
   */
  @RegisterForReflection
  @JsonInclude(Include.NON_ABSENT)
  @Schema(
      description =
          "The database, as it was. parsecMigration: the newest applied; schema: where Parsec's"
              + " tables are, absent where there are none.")
  public record Postgres(
      String server,
      String pgDump,
      String database,
      String encoding,
      String collate,
      Optional<Integer> parsecMigration,
      Optional<String> schema) {}

  /** The dump: name in the backup's folder, {@code pg_dump}'s format, size, digest. */
  @RegisterForReflection
  @Schema(description = "The dump: file in the backup's folder, pg_dump's format, size, SHA-256.")
  public record DumpFile(
      String file, String format, long bytes, String sha256, boolean encrypted) {}

  /**
   * What became of the objects.
   *
   * @param strategy {@code references}, {@code listing}, or {@code none} where the blocks are in
   *     the dump
   * @param referenced distinct objects that the dump's block rows name
   * @param referencedBytes their sizes by those rows
   * @param copied fetched by this run
   * @param skipped already in the repository
   * @param missing referenced objects that the source lacks, or has with another size
   * @param accepted objects that would be missing or failed, had their loss not been accepted
   * @param failed unreadable at the source
   * @param refused keys that no file can have
   * @param conflicts objects of which other bytes than those here are under {@code conflicts/}
   * @param orphans listed objects that the dump does not refer to; absent where nothing was listed
   * @param comparedAt when the whole listing was last compared with the repository
   * @param checkedByLengthOnly of the copied ones, those of which the source named nothing but
   *     their length to check their bytes by; absent in older documents
   */
  @RegisterForReflection
  @JsonInclude(Include.NON_ABSENT)
  @Schema(
      description =
          "What became of the objects. copied: fetched by this run; skipped: there before; missing:"
              + " referenced, and not at the source or of another size there; accepted: as missing or"
              + " failed, but the loss was accepted; failed: unreadable"
              + " there; refused: keys that no file can have; conflicts: other bytes were put aside;"
              + " orphans: listed and not referenced; comparedAt: when the whole listing was last"
              + " compared; checkedByLengthOnly: of the copied ones, those whose bytes had neither"
              + " an MD5 nor a checksum to be compared with.")
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

  /** Its state, with the number of accepted losses where there are any. */
  public String stateInWords() {
    long accepted = objects.map(ObjectCounts::accepted).orElse(0L);
    return state.word()
        + (accepted == 0
            ? ""
            : ", " + accepted + (accepted == 1 ? " accepted loss" : " accepted losses"));
  }

  /** What to do about an incomplete one. */
  public String incompleteAdvice() {
    long missing = objects.map(counts -> counts.missing() + counts.failed()).orElse(0L);
    if (missing == 0) {
      return "the newest backup " + id + " is incomplete: its warnings say why";
    }
    return "the newest backup "
        + id
        + " is incomplete: "
        + (missing == 1 ? "1 object is" : missing + " objects are")
        + " missing. Put back at the source what is lost and run 'backup'; if it is lost for good,"
        + " run 'accept "
        + id
        + "'";
  }

  /** This backup with a progress to show. */
  public Backup withProgress(ProgressReport report) {
    return new Backup(
        id,
        state,
        trigger,
        snapshotAt,
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
