package io.parsecbackup.health;

import io.parsecbackup.api.problem.ProblemDetail;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;

/**
 * Answers 404 for a health group that does not exist. SmallRye Health answers UP for it, so a
 * mistyped name in an alert would never fire.
 */
@ApplicationScoped
public class HealthGroups {

  /** The only group: for alerts, not for restarts. */
  static final String BACKUP = "backup";

  private static final String PATH = "/q/health/group";

  void register(@Observes Router router) {
    router.route(PATH + "*").order(Integer.MIN_VALUE + 1_000).handler(HealthGroups::refuseOthers);
  }

  private static void refuseOthers(RoutingContext context) {
    if (context.normalizedPath().equals(PATH + "/" + BACKUP)) {
      context.next();
      return;
    }
    ProblemDetail.of(404, "the health group does not exist. The only one is " + BACKUP, "not-found")
        .send(context.response());
  }
}
