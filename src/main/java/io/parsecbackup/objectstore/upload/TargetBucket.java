package io.parsecbackup.objectstore.upload;

import io.parsecbackup.Problem;
import io.parsecbackup.Problem.Kind;
import io.parsecbackup.objectstore.content.TransferException;
import io.parsecbackup.objectstore.s3.S3Connection;
import io.parsecbackup.parsec.Blockstore;
import io.parsecbackup.repository.storage.Sha256;
import io.smallrye.mutiny.TimeoutException;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;

/** The bucket that objects are restored to. */
record TargetBucket(S3Connection connection, Blockstore.S3 place) {

  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final int OK = 200;
  private static final int CREATED = 201;

  /** AWS rejects a request that names this region. */
  private static final String UNNAMED_REGION = "us-east-1";

  /**
   * Creates the bucket. The request names its region, which AWS requires outside us-east-1.
   *
   * @throws Problem when the bucket cannot be created
   */
  void create() {
    byte[] body = body();
    MessageDigest digest = Sha256.digest();
    digest.update(body);
    String sha256 = Sha256.hex(digest);
    try {
      connection
          .<Boolean>exchange(
              () -> connection.requests().create(sha256),
              exchange ->
                  exchange
                      .send(Buffer.buffer(body))
                      .compose(response ->
                          response.statusCode() == OK || response.statusCode() == CREATED
                              ? Future.succeededFuture(true)
                              : connection.refused(response, exchange)))
          .await()
          .atMost(PATIENCE);
    } catch (TransferException | TimeoutException e) {
      String why =
          e instanceof TransferException ? e.getMessage() : "the server did not answer in time";
      if (String.valueOf(why).contains("BucketAlreadyOwnedByYou")) {
        return;
      }
      throw new Problem(
          Kind.OBJECT_STORE,
          "the bucket "
              + place.bucket()
              + " does not exist and cannot be created: "
              + why
              + ". Create it or grant s3:CreateBucket, then run the restore again",
          e);
    }
  }

  private byte[] body() {
    String region = place.region();
    return (region.isEmpty() || region.equals(UNNAMED_REGION)
            ? ""
            : "<CreateBucketConfiguration xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">"
                + "<LocationConstraint>"
                + region.replace("&", "&amp;").replace("<", "&lt;")
                + "</LocationConstraint></CreateBucketConfiguration>")
        .getBytes(StandardCharsets.UTF_8);
  }

  Problem unlistable(TransferException why) {
    return new Problem(
        Kind.OBJECT_STORE,
        "the target bucket "
            + place.bucket()
            + " cannot be listed: "
            + why.getMessage()
            + ". Check its name, the network, and that the key may list it (s3:ListBucket)",
        why);
  }
}
