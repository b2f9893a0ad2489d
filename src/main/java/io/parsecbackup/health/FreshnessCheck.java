package io.parsecbackup.health;

import io.parsecbackup.schedule.BackupFreshness;
import io.parsecbackup.schedule.Freshness;
import io.smallrye.health.api.HealthGroup;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Locale;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;
import org.jboss.logging.Logger;

/** Down while the newest complete backup is too old: for alerts, not for restarts. */
@HealthGroup(HealthGroups.BACKUP)
@ApplicationScoped
public class FreshnessCheck implements HealthCheck {

  private static final Logger LOG = Logger.getLogger(FreshnessCheck.class);
  private static final String NAME = "backup-freshness";

  private final BackupFreshness freshness;

  public FreshnessCheck(BackupFreshness freshness) {
    this.freshness = freshness;
  }

  @Override
  public HealthCheckResponse call() {
    try {
      return response(NAME, freshness.freshness());
    } catch (RuntimeException e) {
      // Probes need no token, so the details go to the log only.
      LOG.warnf("cannot determine the age of the newest backup: %s", e.getMessage());
      return HealthCheckResponse.named(NAME).down().withData("state", "unknown").build();
    }
  }

  /** Up if it is fresh. */
  static HealthCheckResponse response(String name, Freshness freshness) {
    HealthCheckResponseBuilder response =
        HealthCheckResponse.named(name)
            .status(freshness.state() == Freshness.State.FRESH)
            .withData("state", freshness.state().name().toLowerCase(Locale.ROOT))
            .withData("max-age-seconds", freshness.maxAge().toSeconds());
    freshness.age().ifPresent(age -> response.withData("age-seconds", age.toSeconds()));
    return response.build();
  }
}
