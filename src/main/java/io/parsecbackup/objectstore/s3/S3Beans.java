package io.parsecbackup.objectstore.s3;

import io.vertx.core.Vertx;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Produces;

/** Creates the one {@link S3Clients} of the program. */
final class S3Beans {

  @Produces
  @ApplicationScoped
  S3Clients clients(Vertx vertx) {
    return new S3Clients(CaBundle.fromEnvironment(System.getenv()), System.getenv(), vertx);
  }
}
