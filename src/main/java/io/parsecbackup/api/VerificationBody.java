package io.parsecbackup.api;

import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** Body of a call that starts a verification. */
@RegisterForReflection
@Schema(description = "The scope of a verification.")
public record VerificationBody(
    @Schema(
            description = "Reads only the n-th of t parts of the objects, n/t; all if absent.",
            examples = "1/30")
        Optional<String> subset) {}
