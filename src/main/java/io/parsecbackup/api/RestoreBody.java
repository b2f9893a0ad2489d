package io.parsecbackup.api;

import io.parsecbackup.api.problem.BadRequest;
import io.parsecbackup.restore.RestoreRequest;
import io.parsecbackup.restore.RestoreRequest.Part;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** Body of a call that starts a restore. */
@RegisterForReflection
@Schema(
    description =
        "The targets and options of a restore. The secrets of a target stay on this server.")
public record RestoreBody(
    @Schema(
            description =
                "Target database: one of the references in parsec.backup.api.restore-targets;"
                    + " PARSEC_DB if absent.",
            examples = "env:RESTORE_DB")
        Optional<String> database,
    @Schema(
            description =
                "Target of the objects: one of the references in parsec.backup.api.restore-targets;"
                    + " PARSEC_BLOCKSTORE if absent.",
            examples = "@/run/secrets/restore-blockstore")
        Optional<String> blockstore,
    @Schema(
            description = "Restores only this part.",
            type = SchemaType.STRING,
            enumeration = {"database", "objects"})
        Optional<String> only,
    @Schema(description = "Replaces a database that is not empty, and objects that differ.")
        boolean replace,
    @Schema(description = "Only reports what it would do.") boolean dryRun,
    @Schema(description = "Also uploads objects that the dump does not refer to.")
        boolean allObjects) {

  /**
   * Converts it for the restore job.
   *
   * @param targets the permitted targets
   * @throws BadRequest if a value is not permitted
   */
  RestoreRequest request(RestoreTargets targets) {
    return new RestoreRequest(
        database.map(text -> targets.named("database", text)),
        blockstore.map(text -> targets.named("blockstore", text)),
        only.map(RestoreBody::part).orElse(Part.ALL),
        replace,
        dryRun,
        allObjects);
  }

  private static Part part(String word) {
    return switch (word) {
      case "database" -> Part.DATABASE;
      case "objects" -> Part.OBJECTS;
      default -> throw new BadRequest("only is '" + word + "'; expected database or objects");
    };
  }
}
