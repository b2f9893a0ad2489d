package io.parsecbackup.api;

import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** Why losses are accepted. */
@RegisterForReflection
@Schema(description = "Why losses are accepted.")
public record AcceptanceBody(
    @Schema(
            description =
                "The operator's own words, at most 1000 characters; kept with the record.")
        Optional<String> reason) {

  static final AcceptanceBody NONE = new AcceptanceBody(Optional.empty());
}
