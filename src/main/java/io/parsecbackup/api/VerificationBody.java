package io.parsecbackup.api;

import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** What a verification is to read. */
@RegisterForReflection
@Schema(description = "What a verification is to read.")
public record VerificationBody(
    @Schema(
            description = "Of the objects only the n-th of t parts, n/t; all where it is absent.",
            examples = "1/30")
        Optional<String> subset) {

  static final VerificationBody ALL = new VerificationBody(Optional.empty());
}
