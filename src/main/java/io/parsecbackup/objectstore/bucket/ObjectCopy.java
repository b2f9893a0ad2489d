package io.parsecbackup.objectstore.bucket;

import io.parsecbackup.objectstore.content.TransferException;
import io.parsecbackup.objectstore.content.TransferException.Kind;
import io.parsecbackup.objectstore.s3.BucketRequest;
import io.parsecbackup.objectstore.s3.SignedRequests;
import io.parsecbackup.repository.storage.StoredFile;
import io.vertx.core.http.HttpMethod;
import java.io.IOException;

/** Copies an object within its bucket, without receiving it. */
public record ObjectCopy(BucketClient client, BucketPlace place) {

  /**
   * Copies an object of at most 5 GiB, S3's limit, and compares the copy's size.
   *
   * @throws TransferException when the server refuses it
   */
  public void copy(StoredFile from, String to) throws IOException {
    String key = place.key(to);
    client.send(
        BucketRequest.of(HttpMethod.PUT, key)
            .header(
                "x-amz-copy-source",
                SignedRequests.copySource(place.address().bucket(), place.key(from.name())))
            .header("x-amz-copy-source-if-match", '"' + from.tag() + '"'));
    long size = client.send(BucketRequest.of(HttpMethod.HEAD, key)).size();
    if (size != from.size()) {
      throw new TransferException(
          Kind.REFUSED, "the server's copy has " + size + " bytes instead of " + from.size());
    }
  }
}
