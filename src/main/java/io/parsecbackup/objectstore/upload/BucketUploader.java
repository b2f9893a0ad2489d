package io.parsecbackup.objectstore.upload;

import io.parsecbackup.Cancellation;
import io.parsecbackup.Problem;
import io.parsecbackup.objectstore.content.Bandwidth;
import io.parsecbackup.objectstore.content.BodyScratch;
import io.parsecbackup.objectstore.listing.BucketListing;
import io.parsecbackup.objectstore.listing.S3Listing;
import io.parsecbackup.objectstore.s3.BucketAccess;
import io.parsecbackup.objectstore.s3.HttpTransfer;
import io.parsecbackup.objectstore.s3.ObjectTransfer;
import io.parsecbackup.objectstore.s3.OutageWatch;
import io.parsecbackup.objectstore.s3.ParallelRecords;
import io.parsecbackup.objectstore.s3.Retries;
import io.parsecbackup.objectstore.s3.S3Clients;
import io.parsecbackup.objectstore.s3.S3Connection;
import io.parsecbackup.objectstore.s3.StoreProbe;
import io.parsecbackup.objectstore.s3.TransferConfig;
import io.parsecbackup.repository.storage.StorageThreads;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.ExecutorService;

/**
 * Uploads a backup's objects from the repository to a bucket. It deletes nothing in the bucket, and
 * uploads only bytes that match the backup's digests.
 */
@ApplicationScoped
public class BucketUploader {

  /** Files up to this size are held in memory if the heap has room for all that are in flight. */
  private static final long LARGEST_IN_MEMORY = 4L << 20;

  private final BucketAccess access;

  @Inject
  public BucketUploader(S3Clients clients, TransferConfig config) {
    this(clients, config, Retries.USUAL);
  }

  BucketUploader(S3Clients clients, TransferConfig config, Retries retries) {
    this.access = new BucketAccess(clients, config, retries);
  }

  /**
   * Uploads the objects that the bucket does not have, and creates the bucket if it does not exist.
   * After a failure, another call uploads only the rest. A RAID is restored node by node.
   *
   * @param scratch an existing folder; nothing is left in it
   * @param counters updated while the upload runs
   * @param listener receives objects that are damaged in the repository, and objects that have
   *     other bytes in the target and are not replaced; neither stops the upload
   * @throws Problem of kind OBJECT_STORE when the bucket cannot be listed or created, becomes
   *     unavailable or does not accept an object; of kind CANCELLED when cancelled
   * @throws IOException when scratch fails
   */
  public UploadOutcome upload(
      UploadRequest request,
      Path scratch,
      UploadCounters counters,
      UploadListener listener,
      Cancellation cancellation)
      throws IOException {
    int inFlight = access.inFlight();
    Retries retries = access.retries();
    SourceFiles source = new SourceFiles(request.proof(), request.share(), mostInMemory(inFlight));
    // Closed in reverse order: no thread uses scratch after this method has returned.
    try (UploadScratch files = UploadScratch.in(scratch);
        BodyScratch bodies = access.clients().bodies(files.folder());
        ExecutorService disk = new StorageThreads(request.proof().storage()).open();
        Bandwidth bandwidth = access.bandwidth();
        S3Connection connection = access.open(request.bucket());
        ObjectTransfer transfer = new HttpTransfer(connection, disk, bandwidth)) {
      StoreProbe probe = new StoreProbe(transfer, retries, bodies);
      UploadFailures failures =
          new UploadFailures(
              request.bucket().bucket(), counters, new OutageWatch(3 * inFlight, probe.ask()));
      UploadReport report =
          new UploadReport(request.options(), request.share(), counters, listener, failures);
      TargetObjects target = new TargetObjects(transfer, source, bodies, disk, retries);
      return new UploadRun(
              new TargetListing(
                  new TargetBucket(connection, request.bucket()),
                  new BucketListing(new S3Listing(connection, retries), disk, cancellation)),
              target,
              new ObjectUploader(transfer, source, target, report, disk, retries),
              report,
              new ParallelRecords(disk, inFlight, cancellation),
              files.folder())
          .run(request.records());
    }
  }

  /** At most a quarter of the heap for all objects in flight. */
  private static long mostInMemory(int inFlight) {
    return Math.min(LARGEST_IN_MEMORY, Runtime.getRuntime().maxMemory() / 4 / inFlight);
  }
}
