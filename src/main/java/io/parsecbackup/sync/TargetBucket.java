package io.parsecbackup.sync;

import io.parsecbackup.Problem;
import io.parsecbackup.Problem.Kind;
import java.time.Duration;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import software.amazon.awssdk.services.s3.S3AsyncClient;
import software.amazon.awssdk.services.s3.model.BucketAlreadyOwnedByYouException;

/** The bucket into which objects are restored, as a whole. */
record TargetBucket(S3AsyncClient client, String name) {

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /**
   * Makes the bucket. The SDK names its region to the server, as AWS wants it outside us-east-1.
   *
   * @throws Problem when the server does not make it
   */
  void create() {
    try {
      client
          .createBucket(request -> request.bucket(name))
          .orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS)
          .join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof BucketAlreadyOwnedByYouException) {
        return;
      }
      Throwable why = S3Failures.read(e);
      throw new Problem(
          Kind.OBJECT_STORE,
          "there is no bucket "
              + name
              + ", and it cannot be created: "
              + (why instanceof TimeoutException ? "no answer in time" : why.getMessage())
              + ". Create it, or give the key the right s3:CreateBucket, then restore again",
          why);
    }
  }

  Problem unlistable(TransferException why) {
    return new Problem(
        Kind.OBJECT_STORE,
        "the bucket "
            + name
            + ", into which objects are to be restored, cannot be listed: "
            + why.getMessage()
            + ". Check how it is named, the network, and that the key may list it (s3:ListBucket)",
        why);
  }
}
