package io.parsecbackup.sync;

import io.parsecbackup.parsec.Blockstore;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.concurrent.Executor;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Fetches with signed GETs over Quarkus's own HTTP client: a third of the SDK's work for each
 * object, and far less code to warm up.
 */
final class HttpTransfer implements ObjectTransfer {

  private static final Pattern CODE = Pattern.compile("<Code>([A-Za-z0-9]+)</Code>");
  private static final int OK = 200;

  private final Vertx vertx;
  private final HttpClient client;
  private final URI bucket;
  private final String host;
  private final SigV4 signer;
  private final Executor disk;
  private final RateLimit rateLimit;
  private volatile Duration serverIsAhead = Duration.ZERO;

  /**
   * @param bucket the bucket's URL, to which a key is added
   * @param disk runs what blocks: writing and hashing
   */
  HttpTransfer(
      Vertx vertx,
      HttpClient client,
      URI bucket,
      Blockstore.S3 place,
      Executor disk,
      RateLimit rateLimit) {
    this.vertx = vertx;
    this.client = client;
    this.bucket = bucket;
    this.host = bucket.getAuthority();
    this.signer = new SigV4(place);
    this.disk = disk;
    this.rateLimit = rateLimit;
  }

  @Override
  public Uni<FetchedObject> get(String key, Path into) {
    return Uni.createFrom()
        .<FetchedObject>emitter(emitter -> {
          Promise<FetchedObject> promise = Promise.promise();
          promise
              .future()
              .onComplete(emitter::complete, failure -> emitter.fail(S3Failures.read(failure)));
          // All on one event loop: a body's handler that is attached from another thread may miss
          // its first bytes.
          Context eventLoop = vertx.getOrCreateContext();
          eventLoop.runOnContext(start ->
              // What request() throws must become a failure too.
              Future.succeededFuture(key)
                  .map(this::request)
                  .compose(client::request)
                  .compose(HttpClientRequest::send)
                  .compose(response -> receive(response, into, eventLoop))
                  .onComplete(promise));
        });
  }

  @Override
  public void close() {
    client.close().toCompletionStage().toCompletableFuture().join();
  }

  private RequestOptions request(String key) {
    String path = bucket.getRawPath() + S3Path.encode(key);
    SigV4.Headers headers =
        signer.sign(host, path, Clock.systemUTC().instant().plus(serverIsAhead));
    return new RequestOptions()
        .setMethod(HttpMethod.GET)
        .setHost(bucket.getHost().replaceAll("[\\[\\]]", ""))
        .setPort(port())
        .setSsl(bucket.getScheme().equals("https"))
        .setURI(path)
        .putHeader("Host", host)
        .putHeader("x-amz-content-sha256", SigV4.EMPTY_BODY)
        .putHeader("x-amz-date", headers.date())
        .putHeader("Authorization", headers.authorization());
  }

  private int port() {
    if (bucket.getPort() >= 0) {
      return bucket.getPort();
    }
    return bucket.getScheme().equals("https") ? 443 : 80;
  }

  private Future<FetchedObject> receive(HttpClientResponse response, Path into, Context eventLoop) {
    if (response.statusCode() != OK) {
      return response.body().compose(body -> Future.failedFuture(refusal(response, body)));
    }
    HashedStream stream = new HashedStream(into, eventLoop, disk, rateLimit);
    return response.pipeTo(stream).map(done -> describe(response, stream.file()));
  }

  private TransferException refusal(HttpClientResponse response, Buffer body) {
    Matcher code = CODE.matcher(body.toString());
    String name = code.find() ? code.group(1) : "";
    if (name.equals("RequestTimeTooSkewed")) {
      // Our clock is wrong, or the server's. It says what time it has: sign with that, and try
      // again.
      Instant theirs = time(response.getHeader("Date"));
      serverIsAhead = Duration.between(Clock.systemUTC().instant(), theirs);
      return new TransferException(
          TransferException.Kind.PASSING, "this machine's clock differs from the server's");
    }
    return S3Failures.answer(response.statusCode(), name);
  }

  private static FetchedObject describe(HttpClientResponse response, HashedFile file) {
    String length = response.getHeader("Content-Length");
    String encryption = response.getHeader("x-amz-server-side-encryption");
    return new FetchedObject(
        file.size(),
        length == null ? file.size() : Long.parseLong(length),
        file.sha256(),
        file.md5(),
        S3Listing.unquote(response.getHeader("ETag")),
        time(response.getHeader("Last-Modified")),
        (encryption != null && encryption.startsWith("aws:kms"))
            || response.getHeader("x-amz-server-side-encryption-customer-algorithm") != null);
  }

  private static Instant time(@Nullable String header) {
    if (header == null) {
      return Instant.EPOCH;
    }
    try {
      return Instant.from(DateTimeFormatter.RFC_1123_DATE_TIME.parse(header));
    } catch (DateTimeException e) {
      return Instant.EPOCH;
    }
  }
}
