package io.parsecbackup.health;

import io.smallrye.health.api.AsyncHealthCheck;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Liveness;
import org.eclipse.microprofile.health.Startup;

/**
 * Liveness and startup: the process answers. Depends on nothing else, so that maintenance of the
 * database does not restart the sidecar. Asynchronous, so that it needs no worker thread: all of
 * them may be blocked by a disk that hangs.
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
