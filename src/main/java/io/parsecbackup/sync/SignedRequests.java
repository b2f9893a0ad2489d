package io.parsecbackup.sync;

import io.parsecbackup.parsec.Blockstore;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import java.net.URI;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Makes the signed requests for one bucket's objects, and reads how the server refuses them. */
final class SignedRequests {

  private static final Pattern CODE = Pattern.compile("<Code>([A-Za-z0-9]+)</Code>");

  private final URI bucket;
  private final String host;
  private final SigV4 signer;
  private volatile Duration serverIsAhead = Duration.ZERO;

  /**
   * @param bucket the bucket's URL, to which a key is added
   */
  SignedRequests(URI bucket, Blockstore.S3 place) {
    this.bucket = bucket;
    this.host = bucket.getAuthority();
    this.signer = new SigV4(place);
  }

  /** With {@code unless}, an ETag that is not to be sent again; empty to have any. */
  RequestOptions get(String key, String unless) {
    RequestOptions request = request(HttpMethod.GET, key, SigV4.EMPTY_BODY);
    return unless.isEmpty() ? request : request.putHeader("If-None-Match", '"' + unless + '"');
  }

  /** With all headers that the body needs. The server checks it against both digests. */
  RequestOptions put(String key, Payload payload, boolean onlyIfAbsent) {
    RequestOptions request =
        request(HttpMethod.PUT, key, payload.sha256())
            .putHeader("Content-Length", Long.toString(payload.size()))
            .putHeader("Content-MD5", payload.contentMd5());
    return onlyIfAbsent ? request.putHeader("If-None-Match", "*") : request;
  }

  private RequestOptions request(HttpMethod method, String key, String payload) {
    String path = bucket.getRawPath() + S3Path.encode(key);
    SigV4.Headers headers =
        signer.sign(
            method.name(), host, path, payload, Clock.systemUTC().instant().plus(serverIsAhead));
    return new RequestOptions()
        .setMethod(method)
        .setHost(bucket.getHost().replaceAll("[\\[\\]]", ""))
        .setPort(port())
        .setSsl(bucket.getScheme().equals("https"))
        .setURI(path)
        .putHeader("Host", host)
        .putHeader("x-amz-content-sha256", payload)
        .putHeader("x-amz-date", headers.date())
        .putHeader("Authorization", headers.authorization());
  }

  private int port() {
    if (bucket.getPort() >= 0) {
      return bucket.getPort();
    }
    return bucket.getScheme().equals("https") ? 443 : 80;
  }

  TransferException refusal(HttpClientResponse response, Buffer body) {
    Matcher code = CODE.matcher(body.toString());
    String name = code.find() ? code.group(1) : "";
    if (name.equals("RequestTimeTooSkewed")) {
      // Our clock is wrong, or the server's. Where it says what time it has: sign with that, and
      // try again.
      Instant theirs = time(response.getHeader("Date"));
      if (!theirs.equals(Instant.EPOCH)) {
        serverIsAhead = Duration.between(Clock.systemUTC().instant(), theirs);
      }
      return new TransferException(
          TransferException.Kind.PASSING, "this machine's clock differs from the server's");
    }
    return S3Failures.answer(response.statusCode(), name);
  }

  /** Whether the server says that an object's ETag is no MD5, whatever it looks like. */
  static boolean isKms(HttpClientResponse response) {
    String encryption = response.getHeader("x-amz-server-side-encryption");
    return (encryption != null && encryption.startsWith("aws:kms"))
        || response.getHeader("x-amz-server-side-encryption-customer-algorithm") != null;
  }

  /** What a header says; 1970 where it says nothing. */
  static Instant time(@Nullable String header) {
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
