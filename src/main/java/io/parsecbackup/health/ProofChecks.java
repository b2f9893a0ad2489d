package io.parsecbackup.health;

import io.parsecbackup.backup.BackupState;
import io.parsecbackup.backup.JobResult;
import io.parsecbackup.restore.JobHistory;
import io.parsecbackup.restore.JobKind;
import io.parsecbackup.restore.Jobs;
import io.smallrye.health.api.HealthGroup;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Produces;
import java.io.IOException;
import java.util.Optional;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;
import org.jboss.logging.Logger;

/**
 * Down after a verification or a drill that failed or found damage, until one goes well: for
 * alerts, not for restarts. One that was cancelled says nothing of the backups.
 */
@ApplicationScoped
public class ProofChecks {

  private static final Logger LOG = Logger.getLogger(ProofChecks.class);

  private final Jobs jobs;
  private final JobHistory verifications;
  private final JobHistory drills;

  public ProofChecks(Jobs jobs) {
    this.jobs = jobs;
    this.verifications = JobHistory.of(jobs, JobKind.VERIFY);
    this.drills = JobHistory.of(jobs, JobKind.DRILL);
  }

  @Produces
  @HealthGroup("backup")
  HealthCheck verification() {
    // Another part that is whole says nothing of the one that is not.
    return () -> check("backup-verification", verifications, jobs::knowsDamage);
  }

  @Produces
  @HealthGroup("backup")
  HealthCheck drill() {
    return () -> check("backup-drill", drills, () -> false);
  }

  /** A look into the repository. */
  private interface Question {
    boolean ask() throws IOException;
  }

  private static HealthCheckResponse check(String name, JobHistory jobs, Question damage) {
    try {
      return response(name, jobs.newestVerdict(), damage.ask());
    } catch (IOException | RuntimeException e) {
      // Open to all: what is wrong with the repository is in the log, once for each question.
      LOG.warnf("%s cannot be told: %s", name, e.getMessage());
      return HealthCheckResponse.named(name).down().withData("state", "unknown").build();
    }
  }

  private static HealthCheckResponse response(
      String name, Optional<JobResult> newest, boolean damage) {
    boolean well = newest.stream().allMatch(job -> job.state() == BackupState.COMPLETE);
    HealthCheckResponseBuilder response =
        HealthCheckResponse.named(name)
            .status(well && !damage)
            .withData("state", newest.map(job -> job.state().word()).orElse("none"));
    if (damage) {
      response.withData("damage", "not seen to yet");
    }
    newest.flatMap(JobResult::finishedAt).ifPresent(at -> response.withData("at", at.toString()));
    return response.build();
  }
}
