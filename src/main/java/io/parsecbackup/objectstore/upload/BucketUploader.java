package io.parsecbackup.objectstore.upload;

import io.parsecbackup.Cancellation;
import io.parsecbackup.Problem;
import io.parsecbackup.objectstore.content.RateLimit;
import io.parsecbackup.objectstore.listing.BucketListing;
import io.parsecbackup.objectstore.listing.S3Listing;
import io.parsecbackup.objectstore.raid.NodeShare;
import io.parsecbackup.objectstore.s3.DiskThreads;
import io.parsecbackup.objectstore.s3.HttpTransfer;
import io.parsecbackup.objectstore.s3.ObjectTransfer;
import io.parsecbackup.objectstore.s3.OutageWatch;
import io.parsecbackup.objectstore.s3.Retries;
import io.parsecbackup.objectstore.s3.S3Clients;
import io.parsecbackup.objectstore.s3.S3Connection;
import io.parsecbackup.objectstore.s3.StoreProbe;
import io.parsecbackup.objectstore.s3.SyncConfig;
import io.parsecbackup.parsec.Blockstore;
import io.parsecbackup.repository.ObjectProof;
import io.parsecbackup.repository.index.IndexRecord;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Uploads a backup's objects from the repository into a bucket that misses them. It deletes nothing
 * in the bucket and sends no byte that is not the backup's.
 */
@ApplicationScoped
public class BucketUploader {

  /** Up to this size a file is held in memory, where there is memory for so many. */
  private static final long LARGEST_IN_MEMORY = 4L << 20;

  /**
   * The target holds other bytes under the key: the one word that is not {@link
   * io.parsecbackup.repository.storage.Damage}'s.
   */
  public static final String DIFFERS = "differs";

  /** Told of what is wrong; by several threads. */
  public interface Listener {
    /**
     * One object is not as it should be.
     *
     * @param problem the word of a {@link io.parsecbackup.repository.storage.Damage.Kind}, or
     *     {@link #DIFFERS} where the target holds other bytes
     * @param expected what the backup says of the object
     * @param found what is there in its place
     */
    void found(String key, String problem, String expected, String found);
  }

  private final S3Clients clients;
  private final SyncConfig config;
  private final Retries retries;

  @Inject
  public BucketUploader(S3Clients clients, SyncConfig config) {
    this(clients, config, Retries.USUAL);
  }

  BucketUploader(S3Clients clients, SyncConfig config, Retries retries) {
    this.clients = clients;
    this.config = config;
    this.retries = retries;
  }

  /**
   * Sends what the bucket lacks. Called again after it has failed, it sends only the rest. A
   * missing bucket is created. A RAID is restored node by node.
   *
   * @param share what of the objects the bucket has to hold
   * @param records the objects to restore, in key order, each once
   * @param proof tells where their bytes are, and whether they are those
   * @param scratch an existing folder; nothing is left in it
   * @param counters written as the work goes on
   * @param listener told of each object that the repository does not have whole, and of each that
   *     the target holds with other bytes and that is left so: this does not end the restore
   * @throws Problem of kind OBJECT_STORE when the bucket cannot be listed or created, is lost on
   *     the way, or has not taken some object, of kind CANCELLED when cancelled
   * @throws IOException when scratch fails
   */
  public UploadOutcome restore(
      Blockstore.S3 target,
      NodeShare share,
      Iterator<IndexRecord> records,
      ObjectProof proof,
      Path scratch,
      UploadOptions options,
      UploadCounters counters,
      Listener listener,
      Cancellation cancellation)
      throws IOException {
    int inFlight = clients.inFlight(config);
    SourceFiles source = new SourceFiles(proof, share, mostInMemory(inFlight));
    UploadReport report = new UploadReport(options, counters, share, listener);
    // Closed in reverse: no thread of this run touches scratch once this method has returned.
    try (UploadScratch files = UploadScratch.in(scratch);
        ExecutorService disk = Executors.newFixedThreadPool(DiskThreads.count());
        RateLimit rateLimit = new RateLimit(config.bytesPerSecond());
        S3Connection connection = clients.open(target, inFlight);
        ObjectTransfer transfer = new HttpTransfer(connection, disk, rateLimit)) {
      TargetObjects there = new TargetObjects(transfer, source, files.folder(), disk, retries);
      AtomicLong probes = new AtomicLong();
      StoreProbe probe =
          new StoreProbe(
              transfer,
              disk,
              retries,
              () -> files.folder().resolve("probe-" + probes.incrementAndGet()));
      UploadFailures unsent =
          new UploadFailures(target.bucket(), counters, new OutageWatch(3 * inFlight, probe.ask()));
      return new UploadRun(
              new TargetBucket(connection, target),
              new BucketListing(new S3Listing(connection, retries), disk, cancellation),
              there,
              source,
              new ObjectUploader(transfer, source, there, report, unsent, disk, retries),
              unsent,
              report,
              files.folder(),
              disk,
              inFlight,
              cancellation)
          .run(records);
    }
  }

  /** A quarter of the heap for all objects that are on their way. */
  private static long mostInMemory(int inFlight) {
    return Math.min(LARGEST_IN_MEMORY, Runtime.getRuntime().maxMemory() / 4 / inFlight);
  }
}
