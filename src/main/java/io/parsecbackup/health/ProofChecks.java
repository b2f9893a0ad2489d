package io.parsecbackup.health;

import io.parsecbackup.BoundedRead;
import io.parsecbackup.BoundedRead.Known;
import io.parsecbackup.job.JobHistory;
import io.parsecbackup.job.JobResult;
import io.parsecbackup.job.JobState;
import io.parsecbackup.restore.Drill;
import io.parsecbackup.restore.JobService;
import io.parsecbackup.restore.Verification;
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
 * Down after a verification or drill failed or found damage, until one succeeds: for alerts, not
 * for restarts. A cancelled one does not count.
 */
@ApplicationScoped
public class ProofChecks {

  private static final Logger LOG = Logger.getLogger(ProofChecks.class);

  private record Verdict(Optional<JobResult> newest, boolean damage) {}

  private final BoundedRead<Verdict> verification;
  private final BoundedRead<Verdict> drill;

  public ProofChecks(JobService jobs) {
    JobHistory verifications = jobs.history(Verification.KIND);
    JobHistory drills = jobs.history(Drill.KIND);
    this.verification =
        new BoundedRead<>(
            "the newest verification",
            BoundedRead.Times.USUAL,
            // A later subset without damage does not clear the damage of an earlier one.
            () -> new Verdict(verifications.newestVerdict(), jobs.knowsDamage()));
    this.drill =
        new BoundedRead<>(
            "the newest drill",
            BoundedRead.Times.USUAL,
            () -> new Verdict(drills.newestVerdict(), false));
  }

  @Produces
  @HealthGroup(HealthGroups.BACKUP)
  HealthCheck verification() {
    return () -> check("backup-verification", verification);
  }

  @Produces
  @HealthGroup(HealthGroups.BACKUP)
  HealthCheck drill() {
    return () -> check("backup-drill", drill);
  }

  private static HealthCheckResponse check(String name, BoundedRead<Verdict> read) {
    try {
      Known<Verdict> known = read.get();
      return response(name, known.value().newest(), known.value().damage());
    } catch (IOException | RuntimeException e) {
      // Probes need no token, so the details go to the log only.
      LOG.warnf("cannot determine the state of %s: %s", name, e.getMessage());
      return HealthCheckResponse.named(name).down().withData("state", "unknown").build();
    }
  }

  private static HealthCheckResponse response(
      String name, Optional<JobResult> newest, boolean damage) {
    boolean well = newest.stream().allMatch(job -> job.state() == JobState.COMPLETE);
    HealthCheckResponseBuilder response =
        HealthCheckResponse.named(name)
            .status(well && !damage)
            .withData("state", newest.map(job -> job.state().word()).orElse("none"));
    if (damage) {
      response.withData("damage", "not repaired yet");
    }
    newest.flatMap(JobResult::finishedAt).ifPresent(at -> response.withData("at", at.toString()));
    return response.build();
  }
}
