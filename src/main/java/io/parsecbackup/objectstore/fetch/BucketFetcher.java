package io.parsecbackup.objectstore.fetch;

import io.parsecbackup.Cancellation;
import io.parsecbackup.Problem;
import io.parsecbackup.objectstore.content.TransferException;
import io.parsecbackup.objectstore.listing.BucketProbe;
import io.parsecbackup.objectstore.listing.S3Listing;
import io.parsecbackup.objectstore.raid.NodeEtags;
import io.parsecbackup.objectstore.raid.SourceBuckets;
import io.parsecbackup.objectstore.raid.SourceLayout;
import io.parsecbackup.objectstore.s3.DiskThreads;
import io.parsecbackup.objectstore.s3.Pipeline;
import io.parsecbackup.objectstore.s3.Retries;
import io.parsecbackup.objectstore.s3.S3Clients;
import io.parsecbackup.objectstore.s3.S3Connection;
import io.parsecbackup.objectstore.s3.SyncConfig;
import io.parsecbackup.parsec.Blockstore;
import io.parsecbackup.repository.Repository;
import io.parsecbackup.repository.Workspace;
import io.parsecbackup.repository.index.IndexRecord;
import io.parsecbackup.repository.index.RecordStream;
import io.parsecbackup.repository.storage.PrivateFiles;
import io.smallrye.mutiny.TimeoutException;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Brings into the repository what a bucket lists and the repository lacks, or holds with another
 * size or ETag. Nothing is deleted: what was replaced at the source is replaced here, and its old
 * bytes are kept under {@code conflicts/}.
 */
@ApplicationScoped
public class BucketFetcher {

  /** How long a probe waits for a bucket's answer. */
  private static final Duration PATIENCE = Duration.ofSeconds(15);

  private final S3Clients clients;
  private final SyncConfig config;
  private final Retries retries;

  @Inject
  public BucketFetcher(S3Clients clients, SyncConfig config) {
    this(clients, config, Retries.USUAL);
  }

  BucketFetcher(S3Clients clients, SyncConfig config, Retries retries) {
    this.clients = clients;
    this.config = config;
    this.retries = retries;
  }

  /** What is configured. */
  public SyncConfig config() {
    return config;
  }

  /**
   * Compares and copies, until all that {@code order} asks for is in the repository or counted as
   * missing or failed.
   *
   * @param counters written as the work goes on
   * @return the list of what is lacking, in scratch; empty when nothing is
   * @throws Problem when the bucket cannot be listed, is lost on the way, or the disk fails
   */
  public Optional<Path> sync(
      FetchOptions order,
      Blockstore source,
      Repository repository,
      Workspace workspace,
      FetchCounters counters,
      Cancellation cancellation)
      throws IOException {
    return new FetchRun(
            order,
            SourceLayout.of(source),
            () -> open(source, workspace, workspace.scratch(), counters, cancellation),
            repository,
            workspace,
            counters,
            cancellation)
        .run();
  }

  private SourceBuckets open(
      Blockstore source,
      Workspace workspace,
      Path scratch,
      FetchCounters counters,
      Cancellation cancellation) {
    AtomicLong parts = new AtomicLong();
    return new SourceBuckets(
        source,
        clients,
        config,
        retries,
        counters.raid(),
        scratch,
        () -> workspace.file("part-" + parts.incrementAndGet()),
        () -> knowsMd5s(workspace),
        cancellation);
  }

  /** Whether the index names an object whose ETag was its MD5 when it was fetched. */
  private static boolean knowsMd5s(Workspace workspace) {
    try (RecordStream<IndexRecord> known = workspace.known()) {
      while (known.hasNext()) {
        IndexRecord entry = known.next();
        boolean isMd5 =
            switch (entry.check()) {
              case ETAG -> true;
              // Before that was recorded, what had such an ETag was compared with it.
              case UNKNOWN -> entry.covered() && NodeEtags.areMd5(entry.etag());
              case CHECKSUM, LENGTH -> false;
            };
        if (isMd5) {
          return true;
        }
      }
      return false;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Takes over files that are already under {@code objects/}: what has the bytes that the bucket
   * lists is noted in the workspace's journal.
   *
   * @param counters {@code skipped}: known before; {@code copied}: taken over; {@code missing}: not
   *     there; {@code failed}: not provably the listed bytes, and left for the next backup to fetch
   * @throws Problem when the bucket cannot be listed, or the disk fails
   */
  public void adopt(
      Blockstore source,
      Repository repository,
      Workspace workspace,
      FetchCounters counters,
      ObjectAdoption.Listener listener,
      Cancellation cancellation)
      throws IOException {
    SourceLayout layout = SourceLayout.of(source);
    // Of its own: the run that takes over a dump too lists the buckets once more.
    Path scratch = workspace.file("adopt");
    PrivateFiles.createFolders(scratch);
    ObjectAdoption adoption =
        new ObjectAdoption(layout, workspace, repository.objects(), counters, listener);
    FetchPlan plan =
        new FetchPlan(
            FetchOptions.listing(Optional.empty()),
            workspace,
            scratch,
            repository.objects(),
            counters,
            layout::isSame);
    try (SourceBuckets buckets = open(source, workspace, scratch, counters, cancellation)) {
      try (RecordStream<IndexRecord> known = workspace.known();
          SourceBuckets.Listing listing = buckets.list(Optional.empty())) {
        plan.compare(
            Collections.emptyIterator(),
            known,
            Collections.emptyIterator(),
            listing.objects(),
            cancellation);
      } catch (SourceBuckets.UnlistableException e) {
        throw e.problem();
      }
      try (RecordStream<IndexRecord> replaced = plan.replaced()) {
        replaced.forEachRemaining(adoption::isFinal);
      }
      try (RecordStream<IndexRecord> wanted = plan.toFetch()) {
        Pipeline.run(
            Pipeline.each(wanted)
                .onItem()
                .transformToUni(listed ->
                    Uni.createFrom()
                        .item(() -> adoption.adopt(listed))
                        .runSubscriptionOn(buckets.disk()))
                .merge(DiskThreads.count())
                .onItem()
                .ignoreAsUni(),
            cancellation,
            failure -> failure);
      }
    }
    adoption.noteDiffering(new UnknownFiles(repository, workspace, counters, cancellation));
  }

  /**
   * Asks each of the source's buckets for the first entry of its listing.
   *
   * @throws Problem when one does not give it
   */
  public void checkReachable(Blockstore source) {
    source.buckets().forEach(this::checkBucket);
  }

  private void checkBucket(Blockstore.S3 bucket) {
    try (S3Connection connection = clients.open(bucket, 1)) {
      new S3Listing(connection, Retries.ONCE_MORE).first().await().atMost(PATIENCE);
    } catch (TransferException | TimeoutException e) {
      throw BucketProbe.unlistable(bucket, e);
    }
  }
}
