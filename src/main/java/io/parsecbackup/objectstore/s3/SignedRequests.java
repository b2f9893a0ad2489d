package io.parsecbackup.objectstore.s3;

import io.netty.handler.codec.DateFormatter;
import io.parsecbackup.objectstore.content.BodyChecksum;
import io.parsecbackup.objectstore.content.Payload;
import io.parsecbackup.objectstore.content.TransferException;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import java.net.URI;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.Collections;
import java.util.Date;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Makes the signed requests for one bucket, and reads the server's refusals. */
public final class SignedRequests {

  private static final Pattern CODE = Pattern.compile("<Code>([A-Za-z0-9]+)</Code>");
  private static final Pattern SERVER_TIME = Pattern.compile("<ServerTime>([^<]+)</ServerTime>");
  private static final int LONGEST_DATE = 64;
  private static final SortedMap<String, String> NO_HEADERS =
      Collections.unmodifiableSortedMap(new TreeMap<>());
  private static final SortedMap<String, String> CHECKSUM_MODE =
      Collections.unmodifiableSortedMap(
          new TreeMap<>(Map.of(BodyChecksum.MODE_HEADER, BodyChecksum.MODE)));

  private final URI bucket;
  private final String host;
  private final String server;
  private final int port;
  private final boolean tls;
  private final SigV4 signer;
  private final StoreClock clock;

  /**
   * @param bucket the bucket's URL, to which a key is added
   */
  SignedRequests(URI bucket, BucketAddress place, CredentialSource credentials) {
    this.bucket = bucket;
    this.host = bucket.getAuthority();
    this.server = bucket.getHost().replaceAll("[\\[\\]]", "");
    this.tls = bucket.getScheme().equals("https");
    this.port = bucket.getPort() >= 0 ? bucket.getPort() : tls ? 443 : 80;
    this.signer = new SigV4(place.region(), credentials);
    this.clock = new StoreClock("the bucket " + place.bucket());
  }

  /**
   * Fetches an object, and asks for its checksum: S3 sends one only on request.
   *
   * @param unless the ETag of an object that is not needed again; empty to fetch any
   */
  RequestOptions get(String key, String unless) {
    RequestOptions request =
        request(
            new SigV4.Request(
                HttpMethod.GET.name(), host, objectPath(key), "", SigV4.EMPTY_BODY, CHECKSUM_MODE));
    return unless.isEmpty() ? request : request.putHeader("If-None-Match", '"' + unless + '"');
  }

  /** Fetches the first byte of an object. */
  public RequestOptions getFirstByte(String key) {
    return object(HttpMethod.GET, key, SigV4.EMPTY_BODY).putHeader("Range", "bytes=0-0");
  }

  /** Stores an object, with all headers of its body. The server checks the body by both digests. */
  RequestOptions put(String key, Payload payload, boolean onlyIfAbsent) {
    RequestOptions request =
        object(HttpMethod.PUT, key, payload.sha256())
            .putHeader("Content-Length", Long.toString(payload.size()))
            .putHeader("Content-MD5", payload.contentMd5());
    return onlyIfAbsent ? request.putHeader("If-None-Match", "*") : request;
  }

  /** Lists a page. Keys are always encoded, because XML cannot hold every character of a key. */
  public RequestOptions list(SortedMap<String, String> parameters) {
    SortedMap<String, String> all = new TreeMap<>(parameters);
    all.put("list-type", "2");
    all.put("encoding-type", "url");
    return request(HttpMethod.GET, bucketPath(), query(all), SigV4.EMPTY_BODY);
  }

  /** Signs a request now. */
  public RequestOptions sign(BucketRequest toSend) {
    RequestOptions request =
        request(
            new SigV4.Request(
                toSend.method().name(),
                host,
                toSend.key().isEmpty() ? bucketPath() : objectPath(toSend.key()),
                query(toSend.query()),
                toSend.payload(),
                toSend.signedHeaders()));
    toSend
        .headers()
        .forEach((name, value) -> {
          if (!name.startsWith("x-amz-")) {
            request.putHeader(name, value);
          }
        });
    return request;
  }

  /** The place of an object for a copy within the store, encoded. */
  public static String copySource(String bucket, String key) {
    return S3Path.encode(bucket + "/" + key);
  }

  private static String query(SortedMap<String, String> parameters) {
    return parameters.entrySet().stream()
        .map(entry -> entry.getKey() + "=" + S3Path.encodeValue(entry.getValue()))
        .collect(Collectors.joining("&"));
  }

  /**
   * Creates the bucket.
   *
   * @param body SHA-256 of the request's body
   */
  public RequestOptions create(String body) {
    return request(HttpMethod.PUT, bucketPath(), "", body);
  }

  /** Without the slash before a key, but never empty. */
  private String bucketPath() {
    String path = bucket.getRawPath();
    return path.length() < 2 ? "/" : path.substring(0, path.length() - 1);
  }

  private RequestOptions object(HttpMethod method, String key, String payload) {
    return request(method, objectPath(key), "", payload);
  }

  private String objectPath(String key) {
    return bucket.getRawPath() + S3Path.encode(key);
  }

  private RequestOptions request(HttpMethod method, String path, String query, String payload) {
    return request(new SigV4.Request(method.name(), host, path, query, payload, NO_HEADERS));
  }

  private RequestOptions request(SigV4.Request toSend) {
    SigV4.Headers headers = signer.sign(toSend, clock.now());
    String query = toSend.query();
    RequestOptions request =
        new RequestOptions()
            .setMethod(HttpMethod.valueOf(toSend.method()))
            .setHost(server)
            .setPort(port)
            .setSsl(tls)
            .setURI(query.isEmpty() ? toSend.path() : toSend.path() + "?" + query)
            .putHeader("Host", host)
            .putHeader("x-amz-content-sha256", toSend.payload())
            .putHeader("x-amz-date", headers.date())
            .putHeader("Authorization", headers.authorization());
    toSend.headers().forEach(request::putHeader);
    headers.sessionToken().ifPresent(token -> request.putHeader("x-amz-security-token", token));
    return request;
  }

  TransferException refusal(HttpClientResponse response, Buffer body) {
    String reason = body.toString();
    Matcher code = CODE.matcher(reason);
    String name = code.find() ? code.group(1) : "";
    if (name.equals("RequestTimeTooSkewed")) {
      // The next try is signed with the server's time, if the answer has one.
      return new TransferException(
          TransferException.Kind.TEMPORARY, clock.correct(serverTime(response, reason)));
    }
    return S3Failures.answer(response.statusCode(), name)
        .with(S3Failures.region(name, response.getHeader("x-amz-bucket-region"), reason));
  }

  /** The time of the server's checks, which may differ from its {@code Date}. */
  private static Instant serverTime(HttpClientResponse response, String reason) {
    Matcher named = SERVER_TIME.matcher(reason);
    try {
      if (named.find()) {
        return Instant.parse(named.group(1));
      }
    } catch (DateTimeException e) {
      // Use its Date.
    }
    return time(response.getHeader("Date"));
  }

  /**
   * Whether the server's encryption means that an ETag is not an MD5, even if it looks like one.
   */
  static boolean isKms(HttpClientResponse response) {
    String encryption = response.getHeader("x-amz-server-side-encryption");
    return (encryption != null && encryption.startsWith("aws:kms"))
        || response.getHeader("x-amz-server-side-encryption-customer-algorithm") != null;
  }

  /** The time in a header; 1970 if the header has no valid time. */
  public static Instant time(@Nullable String header) {
    if (header == null) {
      return Instant.EPOCH;
    }
    // This parser is fast, but ignores other time zones and throws on a long text.
    if (header.length() <= LONGEST_DATE && header.endsWith("GMT")) {
      Date usual = DateFormatter.parseHttpDate(header);
      if (usual != null) {
        return usual.toInstant();
      }
    }
    try {
      return Instant.from(DateTimeFormatter.RFC_1123_DATE_TIME.parse(header));
    } catch (DateTimeException e) {
      return Instant.EPOCH;
    }
  }
}
