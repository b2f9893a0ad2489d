package io.parsecbackup.api;

import io.parsecbackup.BoundedRead;
import io.parsecbackup.api.access.Role;
import io.parsecbackup.api.problem.RepositoryProblem;
import io.parsecbackup.backup.Backup;
import io.parsecbackup.backup.BackupService;
import io.parsecbackup.copy.CopyStart;
import io.parsecbackup.copy.CopyStates;
import io.parsecbackup.job.JobResult;
import io.parsecbackup.job.JobState;
import io.parsecbackup.repository.encryption.Encryption;
import io.parsecbackup.repository.encryption.Recipients;
import io.parsecbackup.restore.Drill;
import io.parsecbackup.restore.JobService;
import io.parsecbackup.restore.Verification;
import io.parsecbackup.retention.PruneRequest;
import io.parsecbackup.retention.PruneService;
import io.parsecbackup.schedule.BackupFreshness;
import io.parsecbackup.schedule.Freshness;
import io.parsecbackup.schedule.ScheduleService;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestResponse;

/** The state of backups, jobs and the repository. */
@Path("/api/v1/status")
@Produces(MediaType.APPLICATION_JSON)
@RolesAllowed(Role.VIEWER)
@Tag(name = "status", description = "The state of backups, jobs and the repository.")
public class StatusResource {

  private static final BoundedRead.Times TIMES =
      new BoundedRead.Times(Duration.ofSeconds(10), Duration.ZERO);

  private final BackupService backups;
  private final JobService jobs;
  private final BackupFreshness freshness;
  private final ScheduleService schedules;
  private final CopyStates copies;
  private final Encryption encryption;
  private final BoundedRead<Status> read;

  public StatusResource(
      BackupService backups,
      JobService jobs,
      BackupFreshness freshness,
      ScheduleService schedules,
      CopyStates copies,
      Encryption encryption) {
    this.backups = backups;
    this.jobs = jobs;
    this.freshness = freshness;
    this.schedules = schedules;
    this.copies = copies;
    this.encryption = encryption;
    this.read = new BoundedRead<>("the status", TIMES, this::readStatus);
  }

  @GET
  @Operation(
      operationId = "getStatus",
      summary = "Newest complete backup, its age, next run, running job, size and free space")
  @APIResponse(
      responseCode = "200",
      description =
          "The current state. With the header Age, in seconds: the last known state, because the"
              + " repository does not answer")
  public RestResponse<Status> status() {
    try {
      BoundedRead.Known<Status> known = read.get();
      RestResponse.ResponseBuilder<Status> answer = RestResponse.ResponseBuilder.ok(known.value());
      return known.late() ? answer.header("Age", known.age().toSeconds()).build() : answer.build();
    } catch (IOException | UncheckedIOException e) {
      throw RepositoryProblem.unreadable(e);
    }
  }

  private Status readStatus() throws IOException {
    Freshness newest = freshness.freshness();
    return new Status(
        backups.location(),
        backups.catalog().latest(),
        newest.age().map(Duration::toSeconds),
        backups.catalog().coveredUntil(),
        newest.state() != Freshness.State.FRESH,
        backups.catalog().damaged(),
        schedules.nextBackup(),
        running(),
        jobs.running().stream().findFirst(),
        jobs.history(Verification.KIND).newestVerdict(),
        jobs.history(Drill.KIND).newestVerdict(),
        jobs.history(PruneRequest.KIND).newest(PruneService::isVerdict),
        jobs.history(CopyStart.KIND).newestVerdict(),
        copies.read(jobs.history(CopyStart.KIND)),
        encryption.recipients().map(Recipients::count).orElse(0),
        repositoryBytes(),
        backups.usableSpace().stream().boxed().findFirst(),
        recommendations());
  }

  private List<String> recommendations() throws IOException {
    List<String> all = new ArrayList<>();
    backups
        .catalog()
        .newestPublished()
        .filter(backup -> backup.state() == JobState.INCOMPLETE)
        .map(Backup::incompleteAdvice)
        .ifPresent(all::add);
    all.addAll(drillRecommendations());
    jobs.history(CopyStart.KIND)
        .newestVerdict()
        .flatMap(JobResult::error)
        .map(error -> "the newest copy failed: fix the cause and run 'copy': " + error)
        .ifPresent(all::add);
    return all;
  }

  private List<String> drillRecommendations() throws IOException {
    Optional<JobResult> drill = jobs.history(Drill.KIND).newestVerdict();
    if (backups.catalog().latest().stream().anyMatch(latest -> latest.dump().isEmpty())) {
      return List.of();
    }
    if (drill.isEmpty()) {
      return List.of(
          "no drill has run yet, so no dump has been proven to restore: set"
              + " parsec.backup.drill.schedule, or run 'drill'");
    }
    return drill
        .flatMap(JobResult::error)
        .map(error ->
            List.of("the newest drill failed: fix the cause and run the drill again: " + error))
        .orElse(List.of());
  }

  /** Only one backup runs at a time, so it is the newest. */
  private Optional<Backup> running() throws IOException {
    return backups.newest(1).stream()
        .filter(backup -> backup.state() == JobState.RUNNING)
        .findFirst();
  }

  private long repositoryBytes() throws IOException {
    return backups.catalog().published().stream()
        .mapToLong(backup ->
            backup.dump().map(Backup.DumpFile::bytes).orElse(0L)
                + backup.objects().map(Backup.ObjectCounts::copiedBytes).orElse(0L))
        .sum();
  }
}
