package io.parsecbackup.objectstore.s3;

import io.parsecbackup.objectstore.content.Bandwidth;
import io.parsecbackup.objectstore.content.BodyMemory;
import io.parsecbackup.objectstore.content.BodyScratch;
import io.parsecbackup.objectstore.content.HashedStream;
import io.parsecbackup.parsec.Blockstore;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.net.PemTrustOptions;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Configuration;
import software.amazon.awssdk.services.s3.S3Utilities;

/** Opens connections to the buckets of Parsec's configuration. */
public final class S3Clients {

  private static final Duration CONNECT = Duration.ofSeconds(10);

  /** A request without progress for this long is ended and retried. */
  private static final Duration SILENCE = Duration.ofSeconds(30);

  /** Additional connections, for the ranges of a listing. */
  private static final int FOR_LISTINGS = 8;

  private final Optional<CaBundle> caBundle;
  private final ProxySettings proxies;
  private final Vertx vertx;
  private final Duration silence;
  private final BodyMemory memory;
  private final ConcurrentMap<OptionalLong, Bandwidth> bandwidths;

  /**
   * @param environment has the proxy settings
   * @param vertx its event loops transfer the objects
   */
  public S3Clients(Optional<CaBundle> caBundle, Map<String, String> environment, Vertx vertx) {
    this(caBundle, environment, vertx, SILENCE);
  }

  /**
   * @param silence how long a request may take without any progress
   */
  public S3Clients(
      Optional<CaBundle> caBundle, Map<String, String> environment, Vertx vertx, Duration silence) {
    this.caBundle = caBundle;
    this.proxies = new ProxySettings(environment);
    this.vertx = vertx;
    this.silence = silence;
    this.memory = BodyMemory.ofThisHeap();
    this.bandwidths = new ConcurrentHashMap<>();
  }

  private S3Clients(S3Clients other, Duration silence) {
    this.caBundle = other.caBundle;
    this.proxies = other.proxies;
    this.vertx = other.vertx;
    this.silence = silence;
    this.memory = other.memory;
    this.bandwidths = other.bandwidths;
  }

  /** The same with another limit for a request without any progress. */
  public S3Clients withSilence(Duration other) {
    return new S3Clients(this, other);
  }

  /**
   * A connection pool for {@code place}, which the caller closes. Does not connect yet.
   *
   * @param transfers at the same time
   * @throws io.parsecbackup.Problem if its proxy is not configured correctly
   */
  public S3Connection open(Blockstore.S3 place, int transfers) {
    return open(
        BucketAddress.of(place),
        CredentialSource.of(
            new Credentials(place.accessKey(), place.secretKey(), Optional.empty())),
        transfers);
  }

  /** As {@link #open(Blockstore.S3, int)}, with credentials that may change. */
  public S3Connection open(BucketAddress place, CredentialSource credentials, int transfers) {
    URI bucket = url(place);
    Optional<ProxySettings.Proxy> proxy = proxies.proxyFor(bucket);
    HttpClientOptions options =
        new HttpClientOptions()
            .setMaxPoolSize(transfers + FOR_LISTINGS)
            .setConnectTimeout((int) CONNECT.toMillis());
    proxy.ifPresent(found -> options.setProxyOptions(found.options().setConnectTimeout(CONNECT)));
    caBundle.ifPresent(bundle ->
        options.setTrustOptions(new PemTrustOptions().addCertPath(bundle.file().toString())));
    return new S3Connection(
        vertx,
        () -> vertx.createHttpClient(options),
        new SignedRequests(bucket, place, credentials),
        memory,
        silence,
        proxy.map(found -> " (through the proxy " + found + ")").orElse(""),
        transfers);
  }

  /**
   * A place for the bodies of one run. The caller closes it when no thread uses them any more.
   *
   * @param folder an existing folder for bodies that are not in memory
   */
  public BodyScratch bodies(Path folder) {
    return new BodyScratch(memory, folder);
  }

  /** The bandwidth that all transfers with this limit share, in bytes per second. */
  public Bandwidth bandwidth(OptionalLong limit) {
    return bandwidths.computeIfAbsent(limit, Bandwidth::of);
  }

  /**
   * The bucket's URL, to which a key is added. The SDK knows AWS's host names, but makes only
   * objects' URLs: a key is added and removed again.
   */
  private static URI url(BucketAddress place) {
    S3Utilities utilities =
        S3Utilities.builder()
            .region(Region.of(place.region()))
            .s3Configuration(
                S3Configuration.builder().pathStyleAccessEnabled(place.pathStyle()).build())
            .build();
    String object =
        utilities
            .getUrl(url -> {
              url.bucket(place.bucket()).key("k");
              place.endpoint().map(URI::create).ifPresent(url::endpoint);
            })
            .toString();
    return URI.create(object.substring(0, object.length() - 1));
  }

  /** As {@link #inFlight(int, OptionalLong)}, with the configured numbers. */
  public int inFlight(TransferConfig config) {
    return inFlight(config.requestsInFlight(), config.bytesPerSecond());
  }

  /**
   * How many transfers may run at once. With a low bandwidth limit this is less than configured:
   * with more, each would wait so long that its server would close the connection.
   */
  public int inFlight(int configured, OptionalLong bytesPerSecond) {
    if (bytesPerSecond.isEmpty()) {
      return configured;
    }
    long most = bytesPerSecond.getAsLong() * silence.toSeconds() / (3L * HashedStream.MOST_HELD_UP);
    return (int) Math.clamp(most, 1, configured);
  }
}
