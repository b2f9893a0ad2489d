package io.parsecbackup.objectstore.raid;

import io.parsecbackup.Cancellation;
import io.parsecbackup.Problem;
import io.parsecbackup.objectstore.content.RateLimit;
import io.parsecbackup.objectstore.content.TransferException;
import io.parsecbackup.objectstore.listing.BucketListing;
import io.parsecbackup.objectstore.listing.S3Listing;
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
import io.parsecbackup.parsec.RaidMode;
import io.parsecbackup.repository.index.IndexCodec;
import io.parsecbackup.repository.index.IndexRecord;
import io.parsecbackup.repository.index.RecordStream;
import io.smallrye.mutiny.Uni;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jboss.logging.Logger;

/** The buckets of a source while they are in use, and what they hold together. */
public final class SourceBuckets implements AutoCloseable {

  private static final Logger LOG = Logger.getLogger(SourceBuckets.class);

  private final Blockstore source;
  private final SourceLayout layout;
  private final RaidCounters counters;
  private final int inFlight;
  private final Supplier<Path> parts;
  private final ExecutorService disk;
  private final RateLimit rateLimit;
  private final List<Bucket> buckets = new ArrayList<>();

  /** One bucket, and the ways to it. */
  private record Bucket(
      String name,
      ObjectTransfer transfer,
      NodeObjects objects,
      StoreProbe probe,
      SourceListing listing) {}

  /**
   * Opens the ways to all buckets of {@code source}; connects to none yet.
   *
   * @param scratch an existing folder
   * @param parts gives the name of a file that is not there yet
   * @param earlierMd5s whether earlier runs have fetched objects whose ETags were MD5s
   */
  public SourceBuckets(
      Blockstore source,
      S3Clients clients,
      SyncConfig config,
      Retries retries,
      RaidCounters counters,
      Path scratch,
      Supplier<Path> parts,
      BooleanSupplier earlierMd5s,
      Cancellation cancellation) {
    this.source = source;
    this.layout = SourceLayout.of(source);
    this.counters = counters;
    this.inFlight = clients.inFlight(config);
    this.parts = parts;
    this.disk = Executors.newFixedThreadPool(DiskThreads.count());
    this.rateLimit = new RateLimit(config.bytesPerSecond());
    List<Blockstore.S3> places = source.buckets();
    for (int node = 0; node < places.size(); node++) {
      Blockstore.S3 place = places.get(node);
      S3Connection connection = clients.open(place, inFlight);
      ObjectTransfer transfer = new HttpTransfer(connection, disk, rateLimit);
      String name =
          places.size() == 1
              ? "the bucket " + place.bucket()
              : "node " + node + ", bucket " + place.bucket();
      ContentVerifier judge = new ContentVerifier(new EtagTrust(name, earlierMd5s));
      buckets.add(
          new Bucket(
              name,
              transfer,
              new NodeObjects(transfer, disk, retries, parts, judge),
              new StoreProbe(transfer, disk, retries, parts),
              new SourceListing(
                  place,
                  new BucketListing(new S3Listing(connection, retries), disk, cancellation),
                  scratch,
                  "source-" + node)));
    }
  }

  /** Whether bytes were accepted that contradict an ETag which is an MD5, as a later one shows. */
  public boolean hasAcceptedDamage() {
    return buckets.stream().anyMatch(bucket -> bucket.objects().judge().trust().wasWrong());
  }

  /** Runs what blocks on files. */
  public ExecutorService disk() {
    return disk;
  }

  /** For messages. */
  public String name() {
    return String.join(" and ", buckets.stream().map(Bucket::name).toList());
  }

  /** Objects that may be fetched at once: with some layouts each takes a request to every node. */
  public int objectsInFlight() {
    boolean toEachNode = layout.raid().filter(mode -> mode != RaidMode.RAID0).isPresent();
    return toEachNode ? Math.max(1, inFlight / buckets.size()) : inFlight;
  }

  /** The objects, each as a whole. */
  public ObjectSource objects() {
    if (layout.raid().isEmpty()) {
      return buckets.getFirst().objects();
    }
    List<RaidNode> nodes =
        buckets.stream()
            .map(bucket ->
                new RaidNode(
                    bucket.name(),
                    bucket.objects(),
                    new OutageWatch(3 * inFlight, bucket.probe().ask())))
            .toList();
    return RaidObjects.of(layout.raid().get(), nodes, counters, disk, parts);
  }

  /**
   * Asks every bucket a small question. Fails with {@link TransferException} where so few answer
   * that no object can be read.
   */
  public Uni<Void> probe() {
    List<Uni<Optional<TransferException>>> answers =
        buckets.stream().map(SourceBuckets::failure).toList();
    return Uni.join()
        .all(answers)
        .andFailFast()
        .onItem()
        .transformToUni(each -> {
          List<TransferException> down = each.stream().flatMap(Optional::stream).toList();
          return down.size() <= mostDown()
              ? Uni.createFrom().voidItem()
              : Uni.createFrom().failure(down.getLast());
        });
  }

  private static Uni<Optional<TransferException>> failure(Bucket bucket) {
    return bucket
        .probe()
        .ask()
        .onItem()
        .<Optional<TransferException>>transform(up -> Optional.empty())
        .onFailure(TransferException.class)
        .recoverWithItem(failure -> Optional.of((TransferException) failure));
  }

  /** Nodes without which some objects can still be read: with RAID0 those of the others. */
  private int mostDown() {
    return layout.raid().filter(mode -> mode == RaidMode.RAID0).isPresent()
        ? buckets.size() - 1
        : sparable();
  }

  /** What the source lists, whole objects in key order. */
  public record Listing(Iterator<IndexRecord> objects, List<RecordStream<IndexRecord>> parts)
      implements AutoCloseable {
    @Override
    public void close() {
      parts.forEach(RecordStream::close);
    }
  }

  /** The source cannot be listed. */
  public static final class UnlistableException extends Exception {
    private final Problem problem;

    UnlistableException(Problem problem) {
      super(problem);
      this.problem = problem;
    }

    public Problem problem() {
      return problem;
    }
  }

  /**
   * Lists the buckets to their ends, and returns what they have listed.
   *
   * @param references by which the key space is cut
   */
  public Listing list(Optional<Path> references) throws IOException, UnlistableException {
    List<RecordStream<IndexRecord>> listings = new ArrayList<>();
    boolean done = false;
    try {
      int unlisted = 0;
      for (Bucket bucket : buckets) {
        try {
          listings.add(bucket.listing().read(references));
        } catch (Problem e) {
          if (e.kind() != Problem.Kind.OBJECT_STORE) {
            throw e;
          }
          if (++unlisted > sparable()) {
            throw new UnlistableException(e);
          }
          LOG.warnf("%s; the other nodes' listings have to do", e.getMessage());
          listings.add(RecordStream.empty(IndexCodec.INSTANCE));
        }
      }
      done = true;
    } finally {
      if (!done) {
        listings.forEach(RecordStream::close);
      }
    }
    return new Listing(
        layout.raid().isEmpty()
            ? listings.getFirst()
            : new RaidListing(layout.raid().get(), listings, counters),
        listings);
  }

  /** Nodes that the source's redundancy can do without. */
  private int sparable() {
    return layout.raid().map(mode -> mode.mayLose(buckets.size())).orElse(0);
  }

  /** In reverse order: no thread of a run touches scratch once this has returned. */
  @Override
  public void close() {
    for (Bucket bucket : buckets.reversed()) {
      bucket.transfer().close();
    }
    rateLimit.close();
    disk.close();
  }
}
