package io.parsecbackup.objectstore.upload;

import io.parsecbackup.LimitedWarnings;
import io.parsecbackup.Problem;
import io.parsecbackup.Problem.Kind;
import io.parsecbackup.objectstore.content.TransferException;
import io.parsecbackup.objectstore.s3.OutageWatch;
import io.smallrye.mutiny.Uni;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** The objects that could not be uploaded. If there is one, the restore fails at its end. */
final class UploadFailures {

  private static final Logger LOG = Logger.getLogger(UploadFailures.class);

  private final LimitedWarnings warnings =
      new LimitedWarnings(LOG, "more objects cannot be restored; the end of the run counts them");
  private final String bucket;
  private final UploadCounters counters;
  private final OutageWatch outage;
  private @Nullable String firstKey;
  private @Nullable TransferException firstFailure;
  private long count;

  /**
   * @param outage finds out whether the bucket is down
   */
  UploadFailures(String bucket, UploadCounters counters, OutageWatch outage) {
    this.bucket = bucket;
    this.counters = counters;
    this.outage = outage;
  }

  /** Records that the bucket has answered. */
  void succeeded() {
    outage.answered();
  }

  /** Counts a failed object. Fails with a {@link Problem} if the bucket is down. */
  Uni<Void> giveUp(String key, TransferException failure) {
    add(key, failure);
    return outage
        .failed(failure)
        .onFailure(TransferException.class)
        .transform(probe -> lost(key, failure, (TransferException) probe));
  }

  private synchronized void add(String key, TransferException failure) {
    warnings.warnf(
        "the object '%s' cannot be restored: %s", key, String.valueOf(failure.getMessage()));
    counters.failed.increment();
    count++;
    if (firstKey == null) {
      firstKey = key;
      firstFailure = failure;
    }
  }

  private Problem lost(String key, TransferException failure, TransferException probe) {
    return new Problem(
        Kind.OBJECT_STORE,
        "objects could not be uploaded to the bucket "
            + bucket
            + ", the last one, '"
            + key
            + "', because "
            + failure.getMessage()
            + "; a probe of the bucket failed too: "
            + probe.getMessage()
            + ". Run the restore again when the bucket is available: it uploads only the rest",
        probe);
  }

  /**
   * Does nothing if all objects were uploaded.
   *
   * @throws Problem that names the first object that was not
   */
  synchronized void throwIfAny() {
    if (firstKey != null && firstFailure != null) {
      throw new Problem(
          Kind.OBJECT_STORE,
          "the bucket "
              + bucket
              + " did not accept "
              + count
              + (count == 1 ? " object, '" : " objects, the first of them '")
              + firstKey
              + "': "
              + firstFailure.getMessage()
              + ". Check that the key may read and write objects (s3:GetObject, s3:PutObject), then"
              + " run the restore again: it uploads only the rest",
          firstFailure);
    }
  }
}
