package io.parsecbackup.api;

import io.parsecbackup.Problem;
import io.parsecbackup.Problem.Kind;
import io.parsecbackup.api.access.Role;
import io.parsecbackup.api.problem.ProblemDetail;
import io.parsecbackup.backup.Backup;
import io.parsecbackup.backup.BackupService;
import io.parsecbackup.job.JobState;
import io.parsecbackup.job.Trigger;
import io.parsecbackup.repository.storage.RunId;
import io.smallrye.common.annotation.Blocking;
import io.smallrye.mutiny.Multi;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.sse.OutboundSseEvent;
import jakarta.ws.rs.sse.Sse;
import java.io.IOException;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.headers.Header;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** Starts, lists, shows, follows and cancels backups. */
@Path("/api/v1/backups")
@Produces(MediaType.APPLICATION_JSON)
@RolesAllowed(Role.VIEWER)
@Tag(name = "backups", description = "Start, list, show, follow and cancel backups.")
public class BackupsResource {

  private final BackupService backups;
  private final RepositoryReads reads;

  public BackupsResource(BackupService backups, RepositoryReads reads) {
    this.backups = backups;
    this.reads = reads;
  }

  @POST
  @Consumes(MediaType.WILDCARD)
  @RolesAllowed(Role.OPERATOR)
  @Operation(operationId = "startBackup", summary = "Starts a backup")
  @APIResponse(
      responseCode = "202",
      description = "Started; Location is its URL",
      headers =
          @Header(
              name = "Location",
              description = "/api/v1/backups/{id}",
              schema = @Schema(type = SchemaType.STRING)),
      content = @Content(schema = @Schema(implementation = Backup.class)))
  @APIResponse(responseCode = "400", description = "The call has a body")
  @APIResponse(responseCode = "409", description = "Another backup is running; the detail names it")
  public Response start(@Parameter(hidden = true) String body) {
    JsonBody.requireNone(body);
    return StartedJob.run(reads.start(() -> backups.start(Trigger.REST)), "/api/v1/backups/");
  }

  @GET
  @Operation(operationId = "listBackups", summary = "Lists backups and failed runs, newest first")
  @APIResponse(responseCode = "200", description = "The backups that match")
  @APIResponse(responseCode = "400", description = "A parameter is invalid")
  public BackupList list(
      @Parameter(
              description = "Only backups in this state.",
              schema =
                  @Schema(
                      type = SchemaType.STRING,
                      enumeration = {"running", "complete", "incomplete", "failed", "cancelled"}))
          @QueryParam("state")
          Optional<String> state,
      @Parameter(
              description = "The maximum number of backups.",
              schema =
                  @Schema(
                      type = SchemaType.INTEGER,
                      minimum = "1",
                      maximum = "1000",
                      defaultValue = "100"))
          @QueryParam("limit")
          Optional<String> limit,
      @Parameter(
              description = "Only backups older than this id: the last one of the previous page.")
          @QueryParam("before")
          Optional<String> before) {
    BackupFilter listing = BackupFilter.of(state, limit, before);
    return new BackupList(reads.read(() -> listing.from(backups)));
  }

  @GET
  @Path("/{id}")
  @Operation(
      operationId = "getBackup",
      summary = "One backup or run, with its progress while it runs")
  @APIResponse(responseCode = "200", description = "Its current state")
  @APIResponse(responseCode = "404", description = "The id does not exist")
  public Backup find(@PathParam("id") String id) {
    return reads.read(() -> found(id));
  }

  private Backup found(String id) throws IOException {
    Optional<Backup> found = backups.find(id(id));
    if (found.isEmpty() && backups.catalog().damaged().contains(id)) {
      throw new Problem(
          Kind.REPOSITORY,
          "backup "
              + id
              + " is damaged: its backup.json does not match its seal. Check the disk, and restore"
              + " its folder from a copy");
    }
    return found.orElseThrow(() -> unknown(id));
  }

  @GET
  @Path("/{id}/events")
  @Produces(MediaType.SERVER_SENT_EVENTS)
  @Blocking
  @Operation(
      operationId = "followBackup",
      summary = "The same as server-sent events, every second until the run ends",
      description = "The last event has the final state. An error is an event named 'problem'.")
  @APIResponse(
      responseCode = "200",
      description = "Events, each with the backup",
      content =
          @Content(
              mediaType = MediaType.SERVER_SENT_EVENTS,
              schema = @Schema(implementation = Backup.class)))
  @APIResponse(responseCode = "404", description = "The id does not exist")
  public Multi<OutboundSseEvent> events(@PathParam("id") String id, @Context Sse sse) {
    find(id);
    return EventStream.of(
        () -> reads.read(() -> backups.find(id(id))),
        backup -> backup.state() == JobState.RUNNING,
        sse);
  }

  @POST
  @Path("/{id}/cancel")
  @Consumes(MediaType.WILDCARD)
  @RolesAllowed(Role.OPERATOR)
  @Operation(operationId = "cancelBackup", summary = "Cancels a running backup")
  @APIResponse(responseCode = "202", description = "It stops within seconds and publishes nothing")
  @APIResponse(responseCode = "400", description = "The call has a body")
  @APIResponse(responseCode = "404", description = "The id does not exist")
  @APIResponse(responseCode = "409", description = "It has ended, or belongs to another process")
  public Response cancel(@PathParam("id") String id, @Parameter(hidden = true) String body) {
    JsonBody.requireNone(body);
    if (backups.cancel(id(id), "requested over REST")) {
      return Response.accepted().build();
    }
    Backup ended = find(id);
    String why =
        ended.state() == JobState.RUNNING
            ? " belongs to another process: cancel it there"
            : " has already ended: it is " + ended.state().word();
    return ProblemDetail.of(409, "run " + id + why, "not-running").response();
  }

  private static RunId id(String text) {
    return RunId.parse(text).orElseThrow(() -> unknown(text));
  }

  private static Problem unknown(String id) {
    return new Problem(Kind.NOT_FOUND, "there is no backup or run " + id);
  }
}
