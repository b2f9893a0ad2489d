package io.parsecbackup.api;

import io.parsecbackup.Problem;
import io.parsecbackup.Problem.Kind;
import io.parsecbackup.api.access.Role;
import io.parsecbackup.api.problem.BadRequest;
import io.parsecbackup.api.problem.ProblemDetail;
import io.parsecbackup.copy.CopyService;
import io.parsecbackup.copy.CopyStart;
import io.parsecbackup.job.Job;
import io.parsecbackup.job.JobResult;
import io.parsecbackup.job.JobState;
import io.parsecbackup.job.Trigger;
import io.parsecbackup.repository.storage.RunId;
import io.parsecbackup.restore.JobService;
import io.parsecbackup.retention.PruneRequest;
import io.parsecbackup.retention.PruneService;
import io.smallrye.common.annotation.Blocking;
import io.smallrye.mutiny.Multi;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.sse.OutboundSseEvent;
import jakarta.ws.rs.sse.Sse;
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

/** Lists, shows, follows and cancels jobs; starts those on the whole repository. */
@Path("/api/v1/jobs")
@Produces(MediaType.APPLICATION_JSON)
@RolesAllowed(Role.VIEWER)
@Tag(name = "jobs", description = "List, show, follow and cancel jobs; start a copy or a prune.")
public class JobsResource {

  private static final int MOST = 100;

  private final JobService jobs;
  private final PruneService prunes;
  private final CopyService copies;
  private final RepositoryReads reads;

  public JobsResource(
      JobService jobs, PruneService prunes, CopyService copies, RepositoryReads reads) {
    this.jobs = jobs;
    this.prunes = prunes;
    this.copies = copies;
    this.reads = reads;
  }

  @GET
  @Operation(operationId = "listJobs", summary = "The hundred newest jobs, newest first")
  @APIResponse(responseCode = "200", description = "Including running jobs")
  public JobList list() {
    return new JobList(reads.read(() -> jobs.newest(MOST)));
  }

  @POST
  @Consumes(MediaType.WILDCARD)
  @RolesAllowed(Role.OPERATOR)
  @Operation(
      operationId = "startJob",
      summary =
          "Starts a job on the whole repository: a copy updates the configured copies, a prune"
              + " applies the retention rules")
  @APIResponse(
      responseCode = "202",
      description = "Started; Location is the URL of the job",
      headers =
          @Header(
              name = "Location",
              description = "/api/v1/jobs/{id}",
              schema = @Schema(type = SchemaType.STRING)),
      content = @Content(schema = @Schema(implementation = JobResult.class)))
  @APIResponse(responseCode = "400", description = "The body is invalid, or no copy is configured")
  @APIResponse(responseCode = "404", description = "There is no backup yet")
  @APIResponse(responseCode = "409", description = "Another job has locked the repository")
  public Response start(
      @RequestBody(required = true, content = @Content(mediaType = MediaType.APPLICATION_JSON))
          JobBody body) {
    String kind = body.kind().orElse("");
    if (kind.equals(PruneRequest.KIND.word())) {
      return begin(() -> prunes.start(body.dryRun(), Trigger.REST));
    }
    if (!kind.equals(CopyStart.KIND.word())) {
      throw new BadRequest(
          body.kind().isEmpty()
              ? "the body has no kind. Set it to copy or prune"
              : "kind is '" + kind + "'; expected copy or prune");
    }
    if (body.dryRun()) {
      throw new BadRequest("dryRun is true, but a copy has no dry run. Remove it");
    }
    return begin(() -> BadRequest.ifWrong(() -> copies.start(Trigger.REST)));
  }

  private Response begin(Supplier<Job<JobResult>> start) {
    return StartedJob.run(reads.start(start), "/api/v1/jobs/");
  }

  @GET
  @Path("/{id}")
  @Operation(operationId = "getJob", summary = "One job, with its progress while it runs")
  @APIResponse(responseCode = "200", description = "Its current state")
  @APIResponse(responseCode = "404", description = "The id does not exist")
  public JobResult find(@PathParam("id") String id) {
    return reads.read(() -> jobs.find(id(id))).orElseThrow(() -> unknown(id));
  }

  @GET
  @Path("/{id}/events")
  @Produces(MediaType.SERVER_SENT_EVENTS)
  @Blocking
  @Operation(
      operationId = "followJob",
      summary = "The same as server-sent events, every second until the job ends",
      description = "The last event has the final state. An error is an event named 'problem'.")
  @APIResponse(
      responseCode = "200",
      description = "Events, each with the job",
      content =
          @Content(
              mediaType = MediaType.SERVER_SENT_EVENTS,
              schema = @Schema(implementation = JobResult.class)))
  @APIResponse(responseCode = "404", description = "The id does not exist")
  public Multi<OutboundSseEvent> events(@PathParam("id") String id, @Context Sse sse) {
    find(id);
    return EventStream.of(
        () -> reads.read(() -> jobs.find(id(id))), job -> job.state() == JobState.RUNNING, sse);
  }

  @POST
  @Path("/{id}/cancel")
  @Consumes(MediaType.WILDCARD)
  @RolesAllowed(Role.OPERATOR)
  @Operation(operationId = "cancelJob", summary = "Cancels a running job")
  @APIResponse(responseCode = "202", description = "It stops within seconds")
  @APIResponse(responseCode = "400", description = "The call has a body")
  @APIResponse(responseCode = "404", description = "The id does not exist")
  @APIResponse(responseCode = "409", description = "It has ended")
  public Response cancel(@PathParam("id") String id, @Parameter(hidden = true) String body) {
    JsonBody.requireNone(body);
    if (jobs.cancel(id(id), "requested over REST")) {
      return Response.accepted().build();
    }
    JobResult ended = find(id);
    return ProblemDetail.of(
            409, "job " + id + " has already ended: it is " + ended.state().word(), "not-running")
        .response();
  }

  private static RunId id(String text) {
    return RunId.parse(text).orElseThrow(() -> unknown(text));
  }

  private static Problem unknown(String id) {
    return new Problem(Kind.NOT_FOUND, "there is no job " + id);
  }
}
