package io.parsecbackup.testing;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * A path-style request as it passes a {@link FaultyProxy}.
 *
 * @param target path and query as they were sent
 * @param headers in their order, as sent
 */
@SuppressWarnings("ArrayRecordComponent") // nobody compares requests
public record S3Request(
    String method, String target, List<Map.Entry<String, String>> headers, byte[] body) {

  /** What a client asks S3 for. */
  public enum Kind {
    LIST,
    GET_OBJECT,
    HEAD_OBJECT,
    PUT_OBJECT,
    DELETE_OBJECT,
    HEAD_BUCKET,
    OTHER
  }

  public Kind kind() {
    boolean object = !key().isEmpty();
    return switch (method) {
      case "GET" -> object ? Kind.GET_OBJECT : bucket().isEmpty() ? Kind.OTHER : Kind.LIST;
      case "HEAD" -> object ? Kind.HEAD_OBJECT : Kind.HEAD_BUCKET;
      case "PUT" -> object ? Kind.PUT_OBJECT : Kind.OTHER;
      case "DELETE" -> object ? Kind.DELETE_OBJECT : Kind.OTHER;
      default -> Kind.OTHER;
    };
  }

  public String bucket() {
    String path = path();
    int slash = path.indexOf('/');
    return slash < 0 ? path : path.substring(0, slash);
  }

  /** The object's key, decoded; empty for requests about a bucket. */
  public String key() {
    String path = path();
    int slash = path.indexOf('/');
    return slash < 0 ? "" : path.substring(slash + 1);
  }

  /** The value of a header; the case of its name does not matter. */
  public Optional<String> header(String name) {
    return Http.header(headers, name);
  }

  /** For the record of requests, which keeps no bodies. */
  S3Request withoutBody() {
    return new S3Request(method, target, headers, new byte[0]);
  }

  private String path() {
    int query = target.indexOf('?');
    String path = target.substring(1, query < 0 ? target.length() : query);
    return URLDecoder.decode(path.replace("+", "%2B"), StandardCharsets.UTF_8);
  }

  @Override
  public String toString() {
    return kind().name().toLowerCase(Locale.ROOT) + " " + target;
  }
}
