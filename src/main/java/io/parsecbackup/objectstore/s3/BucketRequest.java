package io.parsecbackup.objectstore.s3;

import io.vertx.core.http.HttpMethod;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A request to a bucket or to one of its objects, not signed yet.
 *
 * @param key the object's; empty for the bucket itself
 * @param query not encoded
 * @param headers those of Amazon's, {@code x-amz-…}, have lower-case names
 * @param payload SHA-256 of the body
 */
public record BucketRequest(
    HttpMethod method,
    String key,
    SortedMap<String, String> query,
    SortedMap<String, String> headers,
    String payload) {

  /** A request without a body. */
  public static BucketRequest of(HttpMethod method, String key) {
    return new BucketRequest(method, key, new TreeMap<>(), new TreeMap<>(), SigV4.EMPTY_BODY);
  }

  /** The same request with one more header. */
  public BucketRequest header(String name, String value) {
    SortedMap<String, String> more = new TreeMap<>(headers);
    more.put(name, value);
    return new BucketRequest(method, key, query, more, payload);
  }

  /** The same request with one more parameter in its query. */
  public BucketRequest parameter(String name, String value) {
    SortedMap<String, String> more = new TreeMap<>(query);
    more.put(name, value);
    return new BucketRequest(method, key, more, headers, payload);
  }

  /** The same request for a body of that length and SHA-256. */
  public BucketRequest body(long length, String sha256) {
    SortedMap<String, String> more = new TreeMap<>(headers);
    more.put("Content-Length", Long.toString(length));
    return new BucketRequest(method, key, query, more, sha256);
  }

  /** Whether S3's answer is about one object, and has its ETag. */
  public boolean isAnsweredWithAnEtag() {
    return !key.isEmpty()
        && (method.equals(HttpMethod.GET)
            || method.equals(HttpMethod.HEAD)
            || (method.equals(HttpMethod.PUT) && !headers.containsKey("x-amz-copy-source")));
  }

  /** Amazon's own headers, which must be signed. */
  SortedMap<String, String> signedHeaders() {
    SortedMap<String, String> signed = new TreeMap<>();
    for (Map.Entry<String, String> header : headers.entrySet()) {
      if (header.getKey().startsWith("x-amz-")) {
        signed.put(header.getKey(), header.getValue());
      }
    }
    return signed;
  }
}
