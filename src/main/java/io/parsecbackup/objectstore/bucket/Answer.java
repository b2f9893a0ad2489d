package io.parsecbackup.objectstore.bucket;

import io.parsecbackup.objectstore.content.Etag;
import io.parsecbackup.objectstore.s3.SignedRequests;
import io.vertx.core.MultiMap;
import java.time.Instant;
import java.util.Optional;

/** A bucket's answer to a request that it has carried out. */
@SuppressWarnings("ArrayRecordComponent") // nobody compares answers
public record Answer(int status, MultiMap headers, byte[] body) {

  public Optional<String> header(String name) {
    return Optional.ofNullable(headers.get(name)).filter(value -> !value.isEmpty());
  }

  /** Without quotes; empty if the answer has none. */
  public String etag() {
    return Etag.unquoted(headers.get("ETag"));
  }

  /**
   * Whether an S3 server has answered a request about an object: each such answer has an ETag. A
   * proxy's page with the status 200 has none.
   */
  boolean isOfAnObject() {
    return !etag().isEmpty();
  }

  /** The size of the object, which a HEAD answers; 0 if the answer has none. */
  public long size() {
    return header("Content-Length").map(String::strip).map(Long::parseLong).orElse(0L);
  }

  public Instant lastModified() {
    return SignedRequests.time(headers.get("Last-Modified"));
  }

  /** The server's time; 1970 if it does not send its time. */
  public Instant date() {
    return SignedRequests.time(headers.get("Date"));
  }
}
