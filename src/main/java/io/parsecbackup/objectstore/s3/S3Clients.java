package io.parsecbackup.objectstore.s3;

import io.parsecbackup.objectstore.content.BodyMemory;
import io.parsecbackup.objectstore.content.HashedStream;
import io.parsecbackup.parsec.Blockstore;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.net.PemTrustOptions;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Configuration;
import software.amazon.awssdk.services.s3.S3Utilities;

/** Opens the ways to the buckets that Parsec's configuration names. */
public final class S3Clients {

  private static final Duration CONNECT = Duration.ofSeconds(10);

  /** A server that does not move for so long is taken for dead; the request is tried again. */
  private static final Duration SILENCE = Duration.ofSeconds(30);

  /** Connections beside those of the objects' transfers, for the ranges of a listing. */
  private static final int FOR_LISTINGS = 8;

  private final Optional<CaBundle> caBundle;
  private final ProxySettings proxies;
  private final Vertx vertx;
  private final Duration silence;
  private final BodyMemory memory = BodyMemory.ofThisHeap();

  /**
   * @param environment the proxies are read from
   * @param vertx whose event loops carry the objects' bytes
   */
  public S3Clients(Optional<CaBundle> caBundle, Map<String, String> environment, Vertx vertx) {
    this(caBundle, environment, vertx, SILENCE);
  }

  /**
   * @param silence as long a request may go without moving
   */
  public S3Clients(
      Optional<CaBundle> caBundle, Map<String, String> environment, Vertx vertx, Duration silence) {
    this.caBundle = caBundle;
    this.proxies = new ProxySettings(environment);
    this.vertx = vertx;
    this.silence = silence;
  }

  /**
   * The way to {@code place}, to be closed by the caller. Connects to nothing yet.
   *
   * @param transfers under way at once
   * @throws io.parsecbackup.Problem when the proxy before it is wrongly configured
   */
  public S3Connection open(Blockstore.S3 place, int transfers) {
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
        vertx.createHttpClient(options),
        new SignedRequests(bucket, place),
        memory,
        silence,
        proxy.map(found -> " (through the proxy " + found + ")").orElse(""));
  }

  /**
   * The bucket's URL, to which a key is added. The SDK knows AWS's host names; it gives an object's
   * URL, so a key is put in and taken off again.
   */
  private static URI url(Blockstore.S3 place) {
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

  /**
   * How many transfers may be under way, which under a narrow bandwidth limit is less than what is
   * configured. With more, each would be held up for so long that its server, which waits for us,
   * would give up.
   */
  public int inFlight(SyncConfig config) {
    OptionalLong limit = config.bytesPerSecond();
    if (limit.isEmpty()) {
      return config.requestsInFlight();
    }
    long most = limit.getAsLong() * silence.toSeconds() / (3L * HashedStream.MOST_HELD_UP);
    return (int) Math.clamp(most, 1, config.requestsInFlight());
  }
}
