package io.parsecbackup.api;

import io.parsecbackup.api.access.Role;
import io.parsecbackup.api.problem.BadRequest;
import io.parsecbackup.job.Job;
import io.parsecbackup.job.JobResult;
import io.parsecbackup.job.Trigger;
import io.parsecbackup.restore.JobService;
import io.parsecbackup.restore.RestoreRequest;
import io.parsecbackup.restore.Subset;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.function.Supplier;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.headers.Header;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** Starts jobs on a published backup: verify, drill, restore. */
@Path("/api/v1/backups")
@Consumes(MediaType.WILDCARD)
@Produces(MediaType.APPLICATION_JSON)
@RolesAllowed(Role.OPERATOR)
@Tag(name = "jobs")
@APIResponse(
    responseCode = "202",
    description = "Started; Location is the URL of the job",
    headers =
        @Header(
            name = "Location",
            description = "/api/v1/jobs/{id}",
            schema = @Schema(type = SchemaType.STRING)),
    content = @Content(schema = @Schema(implementation = JobResult.class)))
@APIResponse(responseCode = "400", description = "The body is invalid")
@APIResponse(responseCode = "404", description = "The backup does not exist")
public class BackupJobsResource {

  private final JobService jobs;
  private final RestoreTargets targets;
  private final RepositoryReads reads;

  public BackupJobsResource(JobService jobs, RestoreTargets targets, RepositoryReads reads) {
    this.jobs = jobs;
    this.targets = targets;
    this.reads = reads;
  }

  @POST
  @Path("/{id}/verifications")
  @Operation(
      operationId = "verifyBackup",
      summary = "Reads the backup back and checks its digests; the id may be latest")
  @APIResponse(responseCode = "409", description = "A backup or another verification is running")
  public Response verify(
      @PathParam("id") String id,
      @RequestBody(required = false, content = @Content(mediaType = MediaType.APPLICATION_JSON))
          VerificationBody body) {
    Subset subset =
        body.subset()
            .map(text -> BadRequest.ifWrong(() -> Subset.parse("subset", text)))
            .orElse(Subset.ALL);
    return accepted(() -> jobs.verification(BackupIds.checked(id), subset, Trigger.REST));
  }

  @POST
  @Path("/{id}/drills")
  @Operation(
      operationId = "drillBackup",
      summary = "Restores the dump into a scratch database and checks it; the id may be latest")
  @APIResponse(responseCode = "400", description = "The call has a body")
  @APIResponse(responseCode = "409", description = "A backup or another drill is running")
  public Response drill(@PathParam("id") String id, @Parameter(hidden = true) String body) {
    JsonBody.requireNone(body);
    return accepted(() -> jobs.drill(BackupIds.checked(id), Trigger.REST));
  }

  @POST
  @Path("/{id}/restores")
  @Operation(
      operationId = "restoreBackup",
      summary = "Restores the backup, objects first, database last; the id may be latest")
  @APIResponse(responseCode = "409", description = "A backup or another restore is running")
  public Response restore(
      @PathParam("id") String id,
      @RequestBody(required = false, content = @Content(mediaType = MediaType.APPLICATION_JSON))
          RestoreBody body) {
    RestoreRequest request = body.request(targets);
    return accepted(
        () -> BadRequest.ifWrong(() -> jobs.restore(BackupIds.checked(id), request, Trigger.REST)));
  }

  private Response accepted(Supplier<Job<JobResult>> start) {
    return StartedJob.run(reads.start(start), "/api/v1/jobs/");
  }
}
