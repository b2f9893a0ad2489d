package io.parsecbackup.copy;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonInclude.Include;
import io.parsecbackup.job.JobState;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Instant;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/**
 * How current a configured copy is.
 *
 * @param repository the place; contains no secret
 * @param completeAt when the newest copy that was complete there ended; empty if it is unknown
 * @param ageSeconds how long that is ago
 * @param state how the newest copy ended there; empty if none has worked there yet
 * @param error why it did not finish there
 */
@RegisterForReflection
@JsonInclude(Include.NON_ABSENT)
@Schema(
    description =
        "How current a configured copy is. completeAt, ageSeconds: the newest copy that was complete"
            + " at this place; absent if it is unknown. state, error: of the newest copy there.")
public record CopyState(
    String repository,
    Optional<Instant> completeAt,
    Optional<Long> ageSeconds,
    Optional<JobState> state,
    Optional<String> error) {}
