package io.parsecbackup.backup;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonInclude.Include;
import io.parsecbackup.job.Trigger;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Instant;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/**
 * The losses of a backup that an operator accepted: what {@code accepted/<id>.json}, REST and
 * {@code --json} show alike.
 *
 * @param id of this acceptance; absent where there was nothing left to accept
 * @param backup whose losses they are
 * @param objects how many losses were accepted with it
 * @param already how many of the backup's losses had been accepted before
 * @param reason the operator's own words
 * @param sha256 digest of {@code accepted/<id>.tsv}, which names the losses
 */
@RegisterForReflection
@JsonInclude(Include.NON_ABSENT)
@Schema(description = "Losses of a backup that an operator accepted.")
public record Acceptance(
    @Schema(description = "Absent where there was nothing left to accept.") Optional<String> id,
    @Schema(description = "The backup whose losses they are.") String backup,
    Optional<Instant> acceptedAt,
    Optional<Trigger> trigger,
    @Schema(description = "How many losses were accepted with this call.") long objects,
    @Schema(description = "How many of the backup's losses had been accepted before.") long already,
    @Schema(description = "The operator's own words.") Optional<String> reason,
    @Schema(description = "SHA-256 of accepted/<id>.tsv, which names the losses.")
        Optional<String> sha256,
    @Schema(description = "SHA-256 of accepted/<id>.json with these digits as zeros.")
        Optional<String> seal) {

  /** Nothing was left to accept. */
  static Acceptance none(String backup, long already) {
    return new Acceptance(
        Optional.empty(),
        backup,
        Optional.empty(),
        Optional.empty(),
        0,
        already,
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }
}
