package io.parsecbackup.api;

import io.parsecbackup.api.problem.BadRequest;
import io.parsecbackup.restore.RestoreRequest;
import io.parsecbackup.restore.RestoreRequest.Part;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** Where a backup goes, and how. */
@RegisterForReflection
@Schema(description = "Where a backup goes, and how. A target's secret is this server's to know.")
public record RestoreBody(
    @Schema(
            description =
                "Where the SQL goes: one of the references in parsec.backup.api.restore-targets;"
                    + " PARSEC_DB where absent.",
            examples = "env:RESTORE_DB")
        Optional<String> database,
    @Schema(
            description =
                "Where the objects go: one of the references in parsec.backup.api.restore-targets;"
                    + " PARSEC_BLOCKSTORE where absent.",
            examples = "@/run/secrets/restore-blockstore")
        Optional<String> blockstore,
    @Schema(
            description = "Only one half.",
            type = SchemaType.STRING,
            enumeration = {"database", "objects"})
        Optional<String> only,
    @Schema(
            description =
                "Whether a database that holds something, and objects that differ, are replaced.")
        boolean replace,
    @Schema(description = "Whether it only says what it would do.") boolean dryRun,
    @Schema(description = "Whether objects that the dump does not refer to are sent too.")
        boolean allObjects) {

  static final RestoreBody NONE =
      new RestoreBody(Optional.empty(), Optional.empty(), Optional.empty(), false, false, false);

  /**
   * As the program takes it.
   *
   * @param targets those that may be named
   * @throws BadRequest when a value is none of those that are allowed
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
      default -> throw new BadRequest("only is '" + word + "': it has to be database or objects");
    };
  }
}
