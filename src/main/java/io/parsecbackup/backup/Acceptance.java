package io.parsecbackup.backup;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonInclude.Include;
import io.parsecbackup.job.Trigger;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Instant;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/**
 * The losses of a backup that an operator accepted. {@code accepted/<id>.json}, REST and {@code
 * --json} all show this document.
 *
 * @param id the id of this acceptance; absent if there was nothing left to accept
 * @param backup the id of the backup that has these losses
 * @param objects how many losses this acceptance added
 * @param already how many of the backup's losses had been accepted before
 * @param reason the reason that the operator gave
 * @param sha256 digest of {@code accepted/<id>.tsv}, which names the losses
 */
@RegisterForReflection
@JsonInclude(Include.NON_ABSENT)
@Schema(description = "Losses of a backup that an operator accepted.")
public record Acceptance(
    @Schema(description = "Absent if there was nothing left to accept.") Optional<String> id,
    @Schema(description = "The id of the backup that has these losses.") String backup,
    Optional<Instant> acceptedAt,
    Optional<Trigger> trigger,
    @Schema(description = "How many losses were accepted with this call.") long objects,
    @Schema(description = "How many of the backup's losses had been accepted before.") long already,
    @Schema(description = "The reason that the operator gave.") Optional<String> reason,
    @Schema(description = "SHA-256 of accepted/<id>.tsv, which names the losses.")
        Optional<String> sha256,
    @Schema(
            description =
                "SHA-256 of accepted/<id>.json, computed with zeros in place of these" + " digits.")
        Optional<String> seal) {

  /** There was nothing left to accept. */
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
