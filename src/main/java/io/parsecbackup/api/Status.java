package io.parsecbackup.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonInclude.Include;
import io.parsecbackup.backup.Backup;
import io.parsecbackup.copy.CopyState;
import io.parsecbackup.job.JobResult;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** Overview of the service and its repository. */
@RegisterForReflection
@JsonInclude(Include.NON_ABSENT)
@Schema(description = "Overview of the service and its repository.")
public record Status(
    @Schema(description = "The repository's folder or bucket; contains no secret.")
        String repository,
    @Schema(description = "The newest complete backup; absent if no backup is complete.")
        Optional<Backup> latest,
    @Schema(description = "Its age in seconds, by its date: snapshotAt.")
        Optional<Long> latestAgeSeconds,
    @Schema(
            description =
                "The latest coveredUntil of the backups. If another tool recovers the database to"
                    + " this instant or an earlier one, the repository has all its objects. Absent"
                    + " if no complete backup has one.")
        Optional<Instant> coveredUntil,
    @Schema(description = "Whether it is older than parsec.backup.max-age or does not exist.")
        boolean stale,
    @Schema(description = "Ids of backups whose backup.json does not match its seal.")
        List<String> damaged,
    @Schema(description = "When the schedule starts the next backup; absent if it is off.")
        Optional<Instant> nextRun,
    @Schema(description = "The running backup, of this process or another one.")
        Optional<Backup> running,
    @Schema(description = "The running job of this process, apart from backups.")
        Optional<JobResult> job,
    @Schema(description = "The newest verification that finished or failed.")
        Optional<JobResult> verification,
    @Schema(description = "The newest drill that finished or failed.") Optional<JobResult> drill,
    @Schema(description = "The newest prune that finished or failed, apart from dry runs.")
        Optional<JobResult> prune,
    @Schema(description = "The newest copy that finished or failed.") Optional<JobResult> copy,
    @Schema(description = "Each configured copy, and how current it is.") List<CopyState> copies,
    @Schema(
            description =
                "For how many public keys new backups are encrypted; 0: they are not encrypted.")
        int recipients,
    @Schema(description = "Bytes of the dumps and objects of all backups.") long repositoryBytes,
    @Schema(
            description =
                "Free bytes on the file system of the repository; absent for a repository in a"
                    + " bucket.")
        Optional<Long> freeBytes,
    @Schema(description = "What an operator should do.") List<String> recommendations) {}
