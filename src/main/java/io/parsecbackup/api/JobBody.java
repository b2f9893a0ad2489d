package io.parsecbackup.api;

import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** Body of a call that starts a job on the whole repository. */
@RegisterForReflection
@Schema(description = "The job to start.")
public record JobBody(
    @Schema(
            description = "The kind of job.",
            type = SchemaType.STRING,
            enumeration = {"copy", "prune"})
        Optional<String> kind,
    @Schema(description = "A prune only reports what it would do.") boolean dryRun) {}
