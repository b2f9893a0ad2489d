package io.parsecbackup.objectstore.raid;

import io.parsecbackup.Cancellation;
import io.parsecbackup.Problem;
import io.parsecbackup.objectstore.content.Bandwidth;
import io.parsecbackup.objectstore.content.BodyScratch;
import io.parsecbackup.objectstore.content.TransferException;
import io.parsecbackup.objectstore.listing.BucketListing;
import io.parsecbackup.objectstore.listing.ListedObject;
import io.parsecbackup.objectstore.listing.S3Listing;
import io.parsecbackup.objectstore.s3.BucketAccess;
import io.parsecbackup.objectstore.s3.HttpTransfer;
import io.parsecbackup.objectstore.s3.ObjectTransfer;
import io.parsecbackup.objectstore.s3.OutageWatch;
import io.parsecbackup.objectstore.s3.S3Connection;
import io.parsecbackup.objectstore.s3.StoreProbe;
import io.parsecbackup.parsec.Blockstore;
import io.parsecbackup.parsec.RaidMode;
import io.parsecbackup.repository.index.RecordStream;
import io.parsecbackup.repository.storage.StorageThreads;
import io.smallrye.mutiny.Uni;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.function.BooleanSupplier;
import org.jboss.logging.Logger;

/** The open buckets of a source, and the objects that they store together. */
public final class SourceBuckets implements AutoCloseable {

  private static final Logger LOG = Logger.getLogger(SourceBuckets.class);

  private final SourceLayout layout;
  private final RaidCounters counters;
  private final int inFlight;
  private final BodyScratch bodies;
  private final ExecutorService disk;
  private final Bandwidth bandwidth;
  private final List<Bucket> buckets = new ArrayList<>();

  /** One bucket and the ways to use it. */
  private record Bucket(
      String name,
      ObjectTransfer transfer,
      NodeObjects objects,
      StoreProbe probe,
      NodeListing listing) {}

  /**
   * Where the objects go.
   *
   * @param threads for work that blocks on the repository that stores them
   * @param scratch an existing folder in the scratch of that repository
   */
  public record Target(StorageThreads threads, Path scratch) {}

  /**
   * Opens all buckets of {@code source}. Does not connect to them yet.
   *
   * @param target where listings and fetched objects go
   * @param earlierMd5s whether earlier runs fetched objects whose ETags were MD5s
   */
  public SourceBuckets(
      Blockstore source,
      BucketAccess access,
      RaidCounters counters,
      Target target,
      BooleanSupplier earlierMd5s,
      Cancellation cancellation) {
    this.layout = SourceLayout.of(source);
    this.counters = counters;
    this.inFlight = access.inFlight();
    this.bodies = access.clients().bodies(target.scratch());
    this.disk = target.threads().open();
    this.bandwidth = access.bandwidth();
    List<Blockstore.S3> places = source.buckets();
    for (int node = 0; node < places.size(); node++) {
      Blockstore.S3 place = places.get(node);
      S3Connection connection = access.open(place);
      ObjectTransfer transfer = new HttpTransfer(connection, disk, bandwidth);
      String name =
          places.size() == 1
              ? "the bucket " + place.bucket()
              : "node " + node + ", bucket " + place.bucket();
      ContentVerifier verifier = new ContentVerifier(new EtagTrust(name, earlierMd5s));
      S3Listing listing = new S3Listing(connection, access.retries());
      buckets.add(
          new Bucket(
              name,
              transfer,
              new NodeObjects(transfer, disk, access.retries(), bodies, verifier),
              new StoreProbe(transfer, access.retries(), bodies),
              new NodeListing(
                  place,
                  new BucketListing(listing, disk, cancellation),
                  target.scratch(),
                  "source-" + node)));
    }
  }

  /**
   * Whether this run accepted bytes that do not match an ETag which turned out later to be an MD5.
   */
  public boolean hasAcceptedDamage() {
    return buckets.stream().anyMatch(bucket -> bucket.objects().verifier().trust().wasWrong());
  }

  /** Runs blocking work on files. */
  public ExecutorService disk() {
    return disk;
  }

  /** The source's name, for messages. */
  public String name() {
    return String.join(" and ", buckets.stream().map(Bucket::name).toList());
  }

  /** How many objects may be fetched at once. RAID1 and RAID5 ask every node for each object. */
  public int objectsInFlight() {
    boolean toEachNode = layout.raid().filter(mode -> mode != RaidMode.RAID0).isPresent();
    return toEachNode ? Math.max(1, inFlight / buckets.size()) : inFlight;
  }

  /** The source's objects, each as a whole. */
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
    return RaidObjects.of(layout.raid().get(), nodes, counters, disk, bodies);
  }

  /**
   * Sends a small request to every bucket. Fails with {@link TransferException} if too few answer
   * to read any object.
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

  /** How many nodes may be down while some objects can still be read. */
  private int mostDown() {
    return layout.raid().filter(mode -> mode == RaidMode.RAID0).isPresent()
        ? buckets.size() - 1
        : redundantNodes();
  }

  /**
   * Lists all buckets.
   *
   * @param references the expected keys, by which the listing is split into ranges
   * @return the listing; the caller closes it
   */
  public SourceListing list(Optional<Path> references)
      throws IOException, UnlistableSourceException {
    List<RecordStream<ListedObject>> listings = new ArrayList<>();
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
          if (++unlisted > redundantNodes()) {
            throw new UnlistableSourceException(e);
          }
          LOG.warnf("%s; this run uses the listings of the other nodes", e.getMessage());
          listings.add(RecordStream.empty(ListedObject.CODEC));
        }
      }
      done = true;
    } finally {
      if (!done) {
        listings.forEach(RecordStream::close);
      }
    }
    return new SourceListing(
        layout.raid().isEmpty()
            ? whole(listings.getFirst())
            : new RaidListing(layout.raid().get(), listings, counters),
        listings);
  }

  private static Iterator<SourceObject> whole(Iterator<ListedObject> listing) {
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return listing.hasNext();
      }

      @Override
      public SourceObject next() {
        return SourceObject.of(listing.next());
      }
    };
  }

  /** How many nodes the source can lose without losing an object. */
  private int redundantNodes() {
    return layout.raid().map(mode -> mode.mayLose(buckets.size())).orElse(0);
  }

  /** Closes in reverse order, so that no thread uses scratch after this method has returned. */
  @Override
  public void close() {
    for (Bucket bucket : buckets.reversed()) {
      bucket.transfer().close();
    }
    bandwidth.close();
    disk.close();
    bodies.close();
  }
}
