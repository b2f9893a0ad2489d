package io.parsecbackup.api;

import io.parsecbackup.api.access.Role;
import io.parsecbackup.api.problem.BadRequest;
import io.parsecbackup.backup.Acceptance;
import io.parsecbackup.backup.LossAcceptance;
import io.parsecbackup.job.Trigger;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** Accepts permanent losses. */
@Path("/api/v1/backups")
@Produces(MediaType.APPLICATION_JSON)
@RolesAllowed(Role.OPERATOR)
@Tag(name = "backups")
public class AcceptanceResource {

  private final LossAcceptance losses;

  public AcceptanceResource(LossAcceptance losses) {
    this.losses = losses;
  }

  @POST
  @Path("/{id}/acceptance")
  @Consumes(MediaType.WILDCARD)
  @Operation(
      operationId = "acceptLosses",
      summary = "Accepts the losses that the backup names in missing.txt",
      description =
          "Later backups with no other missing objects are complete again. Repeating the call changes nothing.")
  @APIResponse(
      responseCode = "200",
      description = "There was nothing left to accept",
      content = @Content(schema = @Schema(implementation = Acceptance.class)))
  @APIResponse(
      responseCode = "201",
      description = "Accepted; a new acceptance record was written",
      content = @Content(schema = @Schema(implementation = Acceptance.class)))
  @APIResponse(responseCode = "400", description = "The body is invalid")
  @APIResponse(responseCode = "404", description = "The backup does not exist")
  @APIResponse(responseCode = "409", description = "Another run has locked the repository")
  public Response accept(
      @PathParam("id") String id,
      @RequestBody(required = false, content = @Content(mediaType = MediaType.APPLICATION_JSON))
          AcceptanceBody body) {
    Optional<String> backup = Optional.of(BackupIds.checked(id));
    // The id is valid, so an invalid value can only be the reason.
    Acceptance acceptance =
        body.reason().isPresent()
            ? BadRequest.ifWrong(() -> losses.accept(backup, body.reason(), Trigger.REST))
            : losses.accept(backup, body.reason(), Trigger.REST);
    return Response.status(acceptance.id().isPresent() ? 201 : 200).entity(acceptance).build();
  }
}
