package io.parsecbackup.bench;

import io.parsecbackup.testing.EmbeddedS3;
import io.parsecbackup.testing.S3Request.Kind;

/**
 * The requests that a bucket received.
 *
 * @param lists requests for pages of its listing
 * @param gets requests for objects
 * @param heads HEAD requests for objects or the bucket itself
 */
record Requests(long lists, long gets, long heads) {

  /** All requests since the server was opened. */
  static Requests of(EmbeddedS3 s3) {
    return new Requests(
        s3.count(Kind.LIST),
        s3.count(Kind.GET_OBJECT),
        s3.count(Kind.HEAD_OBJECT) + s3.count(Kind.HEAD_BUCKET));
  }

  Requests since(Requests before) {
    return new Requests(lists - before.lists, gets - before.gets, heads - before.heads);
  }
}
