package io.parsecbackup.objectstore.listing;

import io.parsecbackup.Problem;
import io.parsecbackup.Problem.Kind;
import io.parsecbackup.objectstore.content.TransferException;
import io.parsecbackup.objectstore.s3.Retries;
import io.parsecbackup.objectstore.s3.S3Clients;
import io.parsecbackup.objectstore.s3.S3Connection;
import io.parsecbackup.parsec.Blockstore;
import io.smallrye.mutiny.TimeoutException;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Future;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.Optional;

/** Tries the requests of a backup on a bucket. */
@ApplicationScoped
public class BucketProbe {

  private static final Duration PATIENCE = Duration.ofSeconds(15);
  private static final int OK = 200;
  private static final int PARTIAL_CONTENT = 206;

  private final S3Clients clients;

  public BucketProbe(S3Clients clients) {
    this.clients = clients;
  }

  /**
   * Lists the first object and reads its first byte.
   *
   * @return whether there was an object to read
   * @throws Problem if the bucket cannot be listed, or its object cannot be read
   */
  public boolean readsAnObject(Blockstore.S3 bucket) {
    try (S3Connection connection = clients.open(bucket, 1)) {
      Optional<ListedObject> first =
          new S3Listing(connection, Retries.ONCE_MORE).first().await().atMost(PATIENCE);
      // An empty object has no first byte.
      if (first.isEmpty() || first.get().size() == 0) {
        return false;
      }
      Retries.ONCE_MORE.around(firstByte(connection, first.get().key())).await().atMost(PATIENCE);
      return true;
    } catch (TransferException | TimeoutException e) {
      throw new Problem(
          Kind.OBJECT_STORE,
          "no object of the bucket "
              + bucket.bucket()
              + " can be read: "
              + (e instanceof TransferException ? e.getMessage() : "no answer in time")
              + ". Check PARSEC_BLOCKSTORE, and that the key has the rights s3:ListBucket and"
              + " s3:GetObject",
          e);
    }
  }

  /** The bucket cannot be listed, for the reason that {@code why} gives. */
  public static Problem unlistable(Blockstore.S3 bucket, Throwable why) {
    return new Problem(
        Kind.OBJECT_STORE,
        "the bucket "
            + bucket.bucket()
            + " cannot be listed: "
            + (why instanceof TransferException ? why.getMessage() : "no answer in time")
            + ". Check PARSEC_BLOCKSTORE, the network, and that the key may list the bucket",
        why);
  }

  /** Does not read the body: a server may send the whole object. */
  private static Uni<Boolean> firstByte(S3Connection connection, String key) {
    return connection.exchange(
        () -> connection.requests().getFirstByte(key),
        exchange ->
            exchange
                .send()
                .compose(response -> {
                  if (response.statusCode() != OK && response.statusCode() != PARTIAL_CONTENT) {
                    return connection.refused(response, exchange);
                  }
                  S3Connection.drop(response, exchange);
                  return Future.succeededFuture(true);
                }));
  }
}
