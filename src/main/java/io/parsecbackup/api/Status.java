package io.parsecbackup.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonInclude.Include;
import io.parsecbackup.backup.Backup;
import io.parsecbackup.job.JobResult;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** The whole at a glance. */
@RegisterForReflection
@JsonInclude(Include.NON_ABSENT)
@Schema(description = "The whole at a glance.")
public record Status(
    @Schema(description = "The newest complete backup; absent while there is none.")
        Optional<Backup> latest,
    @Schema(description = "How old it is, by its date: snapshotAt.")
        Optional<Long> latestAgeSeconds,
    @Schema(description = "Whether it is older than parsec.backup.max-age, or there is none.")
        boolean stale,
    @Schema(description = "Ids of backups whose backup.json does not match its seal.")
        List<String> damaged,
    @Schema(description = "When the schedule starts the next backup; absent while it is off.")
        Optional<Instant> nextRun,
    @Schema(description = "The backup that is being taken, by this process or another one.")
        Optional<Backup> running,
    @Schema(description = "The verification, drill or restore that this process runs.")
        Optional<JobResult> job,
    @Schema(description = "The newest verification that came to its end, or failed.")
        Optional<JobResult> verification,
    @Schema(description = "The newest drill that came to its end, or failed.")
        Optional<JobResult> drill,
    @Schema(description = "Bytes of the dumps and objects that all backups brought.")
        long repositoryBytes,
    @Schema(description = "Bytes left on the repository's file system.") long freeBytes,
    @Schema(description = "What an operator had better do.") List<String> recommendations) {}
