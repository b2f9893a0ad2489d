package io.parsecbackup.health;

import io.smallrye.health.api.AsyncHealthCheck;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Liveness;
import org.eclipse.microprofile.health.Startup;

/**
 * Live and started: the process answers. No other party has a say, or a database's maintenance
 * would restart the sidecar. Asynchronous, so that it needs no worker thread: those may all wait
 * for a disk that hangs.
 */
@Liveness
@Startup
@ApplicationScoped
public class LivenessCheck implements AsyncHealthCheck {

  @Override
  public Uni<HealthCheckResponse> call() {
    return Uni.createFrom().item(HealthCheckResponse.up("service"));
  }
}
