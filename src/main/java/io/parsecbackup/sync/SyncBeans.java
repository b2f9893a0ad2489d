package io.parsecbackup.sync;

import io.parsecbackup.parsec.CaBundle;
import io.vertx.core.Vertx;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Instance;
import jakarta.enterprise.inject.Produces;
import software.amazon.awssdk.services.s3.S3AsyncClient;
import software.amazon.awssdk.services.s3.S3AsyncClientBuilder;

/** Hands Quarkus's S3 client builder to {@link S3Clients}. */
final class SyncBeans {

  /**
   * @param client never asked for one: that it could be is what makes Quarkus's extension provide
   *     the builder
   */
  @Produces
  @ApplicationScoped
  S3Clients clients(
      Instance<S3AsyncClientBuilder> builders, Instance<S3AsyncClient> client, Vertx vertx) {
    return new S3Clients(builders::get, CaBundle.fromEnvironment(System.getenv()), vertx);
  }
}
