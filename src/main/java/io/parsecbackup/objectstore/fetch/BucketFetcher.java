package io.parsecbackup.objectstore.fetch;

import io.parsecbackup.Cancellation;
import io.parsecbackup.Problem;
import io.parsecbackup.objectstore.content.TransferException;
import io.parsecbackup.objectstore.listing.BucketProbe;
import io.parsecbackup.objectstore.listing.S3Listing;
import io.parsecbackup.objectstore.raid.NodeEtags;
import io.parsecbackup.objectstore.raid.SourceBuckets;
import io.parsecbackup.objectstore.raid.SourceLayout;
import io.parsecbackup.objectstore.raid.SourceListing;
import io.parsecbackup.objectstore.raid.UnlistableSourceException;
import io.parsecbackup.objectstore.s3.BucketAccess;
import io.parsecbackup.objectstore.s3.Pipeline;
import io.parsecbackup.objectstore.s3.Retries;
import io.parsecbackup.objectstore.s3.S3Clients;
import io.parsecbackup.objectstore.s3.S3Connection;
import io.parsecbackup.objectstore.s3.TransferConfig;
import io.parsecbackup.parsec.Blockstore;
import io.parsecbackup.repository.Repository;
import io.parsecbackup.repository.Workspace;
import io.parsecbackup.repository.index.IndexRecord;
import io.parsecbackup.repository.index.RecordStream;
import io.parsecbackup.repository.storage.PrivateFiles;
import io.parsecbackup.repository.storage.StorageThreads;
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

/**
 * Fetches from a source the objects that the repository does not have, or has with another size or
 * ETag. It deletes nothing: if an object was replaced at the source, the repository keeps both, one
 * of them under {@code conflicts/}.
 */
@ApplicationScoped
public class BucketFetcher {

  /** How long a check waits for a bucket's answer. */
  private static final Duration PATIENCE = Duration.ofSeconds(15);

  private final BucketAccess access;

  @Inject
  public BucketFetcher(S3Clients clients, TransferConfig config) {
    this(clients, config, Retries.USUAL);
  }

  BucketFetcher(S3Clients clients, TransferConfig config, Retries retries) {
    this.access = new BucketAccess(clients, config, retries);
  }

  /** The configuration. */
  public TransferConfig config() {
    return access.config();
  }

  /**
   * Fetches all objects that {@code options} select. Objects that cannot be fetched are counted as
   * missing or failed.
   *
   * @param counters updated during the run
   * @return the list of missing objects, in scratch; empty if no object is missing
   * @throws Problem when a bucket cannot be listed or becomes unavailable
   * @throws IOException when the disk fails
   */
  public Optional<Path> fetch(
      FetchOptions options,
      Blockstore source,
      Repository repository,
      Workspace workspace,
      FetchCounters counters,
      Cancellation cancellation)
      throws IOException {
    return run(options, source, repository, workspace, counters, cancellation).run();
  }

  /** The steps of {@link #fetch}. */
  FetchRun run(
      FetchOptions options,
      Blockstore source,
      Repository repository,
      Workspace workspace,
      FetchCounters counters,
      Cancellation cancellation) {
    return new FetchRun(
        options,
        new FetchRun.Source(
            SourceLayout.of(source),
            () ->
                open(
                    source,
                    workspace,
                    target(repository, workspace.scratch()),
                    counters,
                    cancellation)),
        repository,
        workspace,
        counters,
        cancellation);
  }

  private static SourceBuckets.Target target(Repository repository, Path scratch) {
    return new SourceBuckets.Target(new StorageThreads(repository.storage()), scratch);
  }

  private SourceBuckets open(
      Blockstore source,
      Workspace workspace,
      SourceBuckets.Target target,
      FetchCounters counters,
      Cancellation cancellation) {
    return new SourceBuckets(
        source, access, counters.raid(), target, () -> knowsMd5s(workspace), cancellation);
  }

  /** Whether the index has an object whose ETag was its MD5 when it was fetched. */
  private static boolean knowsMd5s(Workspace workspace) {
    try (RecordStream<IndexRecord> known = workspace.known()) {
      while (known.hasNext()) {
        IndexRecord entry = known.next();
        boolean isMd5 =
            switch (entry.check()) {
              case ETAG -> true;
              // Earlier versions did not record the check, but compared such an ETag.
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
   * Adopts files that are already under {@code objects/}: records those that have the listed bytes
   * in the workspace's journal.
   *
   * @param counters {@code skipped}: already known; {@code copied}: adopted; {@code missing}: no
   *     such file; {@code failed}: cannot be proven to have the listed bytes, so the next backup
   *     fetches them
   * @throws Problem when a bucket cannot be listed
   * @throws IOException when the disk fails
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
    // A separate folder: a run that also adopts a dump lists the buckets again.
    Path scratch = workspace.file("adopt");
    PrivateFiles.createFolders(scratch);
    ObjectAdoption adoption =
        new ObjectAdoption(layout, workspace, repository.objects(), counters, listener);
    FetchPlan plan = new FetchPlan(scratch);
    FetchPlanner planner =
        new FetchPlanner(
            FetchOptions.listing(Optional.empty()),
            workspace,
            repository.objects(),
            counters,
            layout,
            plan);
    SourceBuckets.Target target = target(repository, scratch);
    try (SourceBuckets buckets = open(source, workspace, target, counters, cancellation)) {
      try (RecordStream<IndexRecord> known = workspace.known();
          SourceListing listing = buckets.list(Optional.empty())) {
        planner.compare(
            Collections.emptyIterator(),
            known,
            Collections.emptyIterator(),
            listing.objects(),
            cancellation);
      } catch (UnlistableSourceException e) {
        throw e.problem();
      }
      try (RecordStream<IndexRecord> replaced = plan.replaced()) {
        replaced.forEachRemaining(adoption::reportFinal);
      }
      try (RecordStream<PlannedFetch> listed = plan.toFetch()) {
        Pipeline.run(
            Pipeline.each(listed)
                .onItem()
                .transformToUni(object ->
                    Uni.createFrom()
                        .item(() -> adoption.adopt(object))
                        .runSubscriptionOn(buckets.disk()))
                .merge(target.threads().count())
                .onItem()
                .ignoreAsUni(),
            cancellation,
            failure -> failure);
      }
    }
    adoption.recordDiffering(new UnknownFiles(repository, workspace, counters, cancellation));
  }

  /**
   * Asks each bucket of the source for the first entry of its listing.
   *
   * @throws Problem when one does not answer
   */
  public void checkReachable(Blockstore source) {
    source.buckets().forEach(this::checkBucket);
  }

  private void checkBucket(Blockstore.S3 bucket) {
    try (S3Connection connection = access.clients().open(bucket, 1)) {
      new S3Listing(connection, Retries.ONCE_MORE).first().await().atMost(PATIENCE);
    } catch (TransferException | TimeoutException e) {
      throw BucketProbe.unlistable(bucket, e);
    }
  }
}
