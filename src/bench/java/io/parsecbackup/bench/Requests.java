package io.parsecbackup.bench;

import io.parsecbackup.testing.EmbeddedS3;
import io.parsecbackup.testing.S3Request.Kind;

/**
 * What a bucket was asked for.
 *
 * @param lists pages of its listing
 * @param gets objects
 * @param heads objects or the bucket itself, without bytes
 */
record Requests(long lists, long gets, long heads) {

  /** All since the server was opened. */
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
