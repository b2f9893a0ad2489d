package io.parsecbackup.sync;

import io.parsecbackup.Problem;
import io.parsecbackup.Problem.Kind;
import io.parsecbackup.parsec.Blockstore;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import software.amazon.awssdk.core.async.AsyncResponseTransformer;
import software.amazon.awssdk.services.s3.S3AsyncClient;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;

/** Tries on a bucket what a backup does with it. */
@ApplicationScoped
public class BucketProbe {

  private static final Duration PATIENCE = Duration.ofSeconds(15);

  private final S3Clients clients;

  public BucketProbe(S3Clients clients) {
    this.clients = clients;
  }

  /**
   * Lists the first object and reads its first byte.
   *
   * @return whether there was one to read
   * @throws Problem when the bucket does not let itself be listed, or read
   */
  public boolean readsAnObject(Blockstore.S3 bucket) {
    try (S3AsyncClient client = clients.open(bucket, 1)) {
      ListObjectsV2Response page =
          client
              .listObjectsV2(request -> request.bucket(bucket.bucket()).maxKeys(1))
              .orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS)
              .join();
      // An empty object has no first byte to ask for.
      if (page.contents().isEmpty() || page.contents().getFirst().size() == 0) {
        return false;
      }
      String key = page.contents().getFirst().key();
      client
          .getObject(
              request -> request.bucket(bucket.bucket()).key(key).range("bytes=0-0"),
              AsyncResponseTransformer.toBytes())
          .orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS)
          .join();
      return true;
    } catch (CompletionException e) {
      Throwable why = S3Failures.read(e);
      throw new Problem(
          Kind.OBJECT_STORE,
          "no object of the bucket "
              + bucket.bucket()
              + " can be read: "
              + (why instanceof TimeoutException ? "no answer in time" : why.getMessage())
              + ". Check PARSEC_BLOCKSTORE, and that the key has the rights s3:ListBucket and"
              + " s3:GetObject",
          why);
    }
  }
}
