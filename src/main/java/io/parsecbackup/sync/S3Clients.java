package io.parsecbackup.sync;

import io.parsecbackup.parsec.Blockstore;
import io.parsecbackup.parsec.CaBundle;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.net.PemTrustOptions;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.http.nio.netty.NettyNioAsyncHttpClient;
import software.amazon.awssdk.http.nio.netty.SdkEventLoopGroup;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.retries.DefaultRetryStrategy;
import software.amazon.awssdk.services.s3.S3AsyncClient;
import software.amazon.awssdk.services.s3.S3AsyncClientBuilder;
import software.amazon.awssdk.services.s3.S3Configuration;

/**
 * Makes S3 clients for the places that Parsec's configuration names, from the builder that Quarkus
 * configures.
 */
public final class S3Clients {

  private static final Duration CONNECT = Duration.ofSeconds(10);

  /** A server that sends nothing for so long is taken for dead; the request is tried again. */
  private static final Duration SILENCE = Duration.ofSeconds(30);

  /**
   * There are as many connections as requests in flight, so none waits long for one. Where a
   * connection is refused, the client may lose the next request: this is what ends it then.
   */
  private static final Duration ACQUIRE = Duration.ofSeconds(15);

  /** Where one is set, the SDK reads them all and keeps to them. */
  private static final List<String> PROXIES =
      List.of("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy");

  private final Supplier<S3AsyncClientBuilder> builders;
  private final Optional<CaBundle> caBundle;
  private final Vertx vertx;
  private final Duration silence;
  private @Nullable SdkEventLoopGroup threads;

  /**
   * @param vertx whose event loops carry the objects' bytes
   */
  public S3Clients(
      Supplier<S3AsyncClientBuilder> builders, Optional<CaBundle> caBundle, Vertx vertx) {
    this(builders, caBundle, vertx, SILENCE);
  }

  /**
   * @param silence as long a server may send nothing, in whole seconds
   */
  S3Clients(
      Supplier<S3AsyncClientBuilder> builders,
      Optional<CaBundle> caBundle,
      Vertx vertx,
      Duration silence) {
    this.builders = builders;
    this.caBundle = caBundle;
    this.vertx = vertx;
    this.silence = silence;
  }

  /** The way to move the objects of {@code place}, to be closed by the caller. */
  ObjectTransfer transfer(
      S3AsyncClient client,
      Blockstore.S3 place,
      int connections,
      Executor disk,
      RateLimit rateLimit) {
    if (PROXIES.stream().anyMatch(System.getenv()::containsKey)) {
      return new S3Transfer(client, place.bucket(), disk, rateLimit);
    }
    HttpClientOptions options =
        new HttpClientOptions()
            .setMaxPoolSize(connections)
            .setConnectTimeout((int) CONNECT.toMillis())
            // Of both directions: while a large object is sent, a server has nothing to say.
            .setIdleTimeout((int) silence.toSeconds());
    caBundle.ifPresent(bundle ->
        options.setTrustOptions(new PemTrustOptions().addCertPath(bundle.file().toString())));
    // The SDK knows AWS's host names; it gives an object's URL, so a key is put in and taken off
    // again.
    String object =
        client.utilities().getUrl(url -> url.bucket(place.bucket()).key("k")).toString();
    URI bucket = URI.create(object.substring(0, object.length() - 1));
    return new HttpTransfer(
        vertx, vertx.createHttpClient(options), new SignedRequests(bucket, place), disk, rateLimit);
  }

  /**
   * How many transfers may be under way, which under a narrow bandwidth limit is less than what is
   * configured. With more, each would be held up for so long that its server, which waits for us,
   * would be taken for a silent one.
   */
  int inFlight(SyncConfig config) {
    OptionalLong limit = config.bytesPerSecond();
    if (limit.isEmpty()) {
      return config.requestsInFlight();
    }
    long most = limit.getAsLong() * silence.toSeconds() / (3L * HashedStream.MOST_HELD_UP);
    return (int) Math.clamp(most, 1, config.requestsInFlight());
  }

  /**
   * A client for {@code place}, to be closed by the caller. Connects to nothing yet. One at a time:
   * Quarkus has one builder for all who ask.
   */
  public synchronized S3AsyncClient open(Blockstore.S3 place, int connections) {
    NettyNioAsyncHttpClient.Builder http =
        NettyNioAsyncHttpClient.builder()
            .eventLoopGroup(threads())
            .maxConcurrency(connections)
            .connectionTimeout(CONNECT)
            .connectionAcquisitionTimeout(ACQUIRE)
            .maxPendingConnectionAcquires(Integer.MAX_VALUE)
            .readTimeout(silence)
            .writeTimeout(silence);
    caBundle.ifPresent(bundle -> http.tlsTrustManagersProvider(bundle::trustManagers));
    S3AsyncClientBuilder builder =
        builders
            .get()
            .httpClientBuilder(http)
            .region(Region.of(place.region()))
            .credentialsProvider(
                StaticCredentialsProvider.create(
                    AwsBasicCredentials.create(place.accessKey(), place.secretKey())))
            // In place of the extension's own, which may name no addressing style beside ours.
            .serviceConfiguration(S3Configuration.builder().build())
            .forcePathStyle(place.pathStyle())
            // Many S3-compatible servers reject the checksums that the SDK adds of its own accord.
            .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
            .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED)
            // Retries stands around whole transfers, their bodies included; two layers would
            // multiply.
            .overrideConfiguration(o -> o.retryStrategy(DefaultRetryStrategy.doNotRetry()));
    place.endpoint().map(URI::create).ifPresent(builder::endpointOverride);
    return builder.build();
  }

  /**
   * Idle threads, for all clients. With threads of its own each client takes two seconds to close:
   * netty waits so long for work that might still come.
   */
  private synchronized SdkEventLoopGroup threads() {
    if (threads == null) {
      threads = SdkEventLoopGroup.builder().build();
    }
    return threads;
  }
}
