package io.parsecbackup.objectstore.storage;

import io.parsecbackup.objectstore.lease.LeaseTimes;
import io.parsecbackup.objectstore.s3.Retries;
import io.parsecbackup.objectstore.s3.S3Clients;
import io.parsecbackup.objectstore.storage.BucketStorages.Options;
import io.parsecbackup.parsec.Blockstore;
import io.parsecbackup.testing.EmbeddedS3;
import io.parsecbackup.testing.VersityGw;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;

/** Opens repositories in buckets of a test's server. */
record BucketScenario(Blockstore.S3 bucket, String prefix, Path cache) {

  static final Vertx VERTX = Vertx.vertx();
  static final S3Clients CLIENTS =
      new S3Clients(Optional.empty(), Map.of(), VERTX, Duration.ofSeconds(5));

  /** The least size of a part. */
  static final int PART = 5 << 20;

  private static final Options OPTIONS =
      new Options(
          16,
          PART,
          new Retries(4, Duration.ofMillis(10), Duration.ofMillis(100)),
          LeaseTimes.USUAL,
          OptionalLong.empty());

  /** A new bucket of a server in this process. */
  static BucketScenario in(EmbeddedS3 server, Path cache) {
    String name = "repository-" + UUID.randomUUID();
    server.bucket(name);
    return new BucketScenario(
        new Blockstore.S3(
            Optional.of(server.endpoint().toString()),
            server.region(),
            name,
            server.accessKey(),
            server.secretKey()),
        "some/where",
        cache);
  }

  /** A new bucket of a server that is not written in Java. */
  static BucketScenario in(VersityGw server, Path cache) throws IOException {
    String name = "repository-" + UUID.randomUUID();
    server.createBucket(name);
    return new BucketScenario(
        new Blockstore.S3(
            Optional.of(server.endpoint().toString()),
            "us-east-1",
            name,
            VersityGw.ACCESS_KEY,
            VersityGw.SECRET_KEY),
        "some/where",
        cache);
  }

  /** The same bucket behind a proxy. */
  BucketScenario through(URI endpoint) {
    return new BucketScenario(
        new Blockstore.S3(
            Optional.of(endpoint.toString()),
            bucket.region(),
            bucket.bucket(),
            bucket.accessKey(),
            bucket.secretKey()),
        prefix,
        cache);
  }

  BucketStorage open() {
    return open(OPTIONS.times());
  }

  BucketStorage open(LeaseTimes times) {
    return open(times, OptionalLong.empty());
  }

  /** With a limit of bytes per second. */
  BucketStorage open(OptionalLong bytesPerSecond) {
    return open(OPTIONS.times(), bytesPerSecond);
  }

  private BucketStorage open(LeaseTimes times, OptionalLong bytesPerSecond) {
    return new BucketStorages(
            CLIENTS,
            Map.of(),
            new Options(
                OPTIONS.transfers(), OPTIONS.partSize(), OPTIONS.retries(), times, bytesPerSecond))
        .open(new BucketSetting(bucket.bucket(), Optional.of(bucket), prefix), cache);
  }
}
