package io.parsecbackup.api;

import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** Body of a call that accepts losses. */
@RegisterForReflection
@Schema(description = "The reason for accepting the losses.")
public record AcceptanceBody(
    @Schema(description = "Free text, at most 1000 characters; stored with the acceptance.")
        Optional<String> reason) {}
