package io.parsecbackup.health;

import io.parsecbackup.schedule.CopyFreshness;
import io.parsecbackup.schedule.Freshness;
import io.smallrye.health.api.HealthGroup;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Optional;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.jboss.logging.Logger;

/**
 * Down while copies are configured and the newest complete one is too old: for alerts, not for
 * restarts.
 */
@HealthGroup(HealthGroups.BACKUP)
@ApplicationScoped
public class CopyCheck implements HealthCheck {

  private static final Logger LOG = Logger.getLogger(CopyCheck.class);
  private static final String NAME = "backup-copy";

  private final CopyFreshness freshness;

  public CopyCheck(CopyFreshness freshness) {
    this.freshness = freshness;
  }

  @Override
  public HealthCheckResponse call() {
    try {
      Optional<Freshness> newest = freshness.freshness();
      return newest.isPresent()
          ? FreshnessCheck.response(NAME, newest.get())
          : HealthCheckResponse.named(NAME).up().withData("state", "off").build();
    } catch (RuntimeException e) {
      // Probes need no token, so the details go to the log only.
      LOG.warnf("cannot determine the age of the newest copy: %s", e.getMessage());
      return HealthCheckResponse.named(NAME).down().withData("state", "unknown").build();
    }
  }
}
