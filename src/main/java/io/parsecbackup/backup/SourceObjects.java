package io.parsecbackup.backup;

import io.parsecbackup.Cancellation;
import io.parsecbackup.objectstore.fetch.BucketFetcher;
import io.parsecbackup.objectstore.fetch.FetchOptions;
import io.parsecbackup.objectstore.fetch.PartFetcher;
import io.parsecbackup.objectstore.s3.TransferConfig;
import io.parsecbackup.parsec.Blockstore;
import io.parsecbackup.repository.Repository;
import io.parsecbackup.repository.Workspace;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/** Fetches the objects of a backup. */
record SourceObjects(
    BucketFetcher sync, Repository repository, BackupReport report, Instant startedAt) {

  /**
   * Fetches the objects that the dump refers to into the repository, or all objects that are
   * listed.
   *
   * @param references the references of the dump; empty if the database has no Parsec tables
   * @return the list of missing objects in the scratch folder; empty if none is missing
   */
  Optional<Path> fetch(
      Blockstore source,
      Optional<Path> references,
      Workspace workspace,
      Progress progress,
      Cancellation cancellation)
      throws IOException {
    Optional<Path> missing =
        sync.fetch(begin(references), source, repository, workspace, progress.sync(), cancellation);
    reportComparison(progress);
    return missing;
  }

  /**
   * Plans what {@link #fetch} would fetch, in parts.
   *
   * @return see {@link PartFetcher#plan}
   */
  Map<String, Path> plan(
      PartFetcher fetcher,
      Optional<Path> references,
      int parts,
      Progress progress,
      Cancellation cancellation)
      throws IOException {
    Map<String, Path> files = fetcher.plan(begin(references), parts, cancellation);
    reportComparison(progress);
    return files;
  }

  private FetchOptions begin(Optional<Path> references) throws IOException {
    FetchOptions order = order(references);
    report.strategy(order.unreferenced() ? BackupReport.LISTING : BackupReport.REFERENCES);
    return order;
  }

  private void reportComparison(Progress progress) throws IOException {
    Optional<String> uncompared = progress.sync().uncompared();
    if (uncompared.isPresent()) {
      report.compared(due().lastComparison());
      report.warn(
          "the bucket's listing was not compared with the repository, so this run did not look for"
              + " objects that were replaced at the source: "
              + uncompared.get()
              + ". The next backup tries again");
    }
  }

  private FetchOptions order(Optional<Path> references) throws IOException {
    if (references.isEmpty() && sync.config().strategy() == TransferConfig.Strategy.REFERENCES) {
      report.warn(
          "the dump has no list of references, so the run copied the whole bucket, as the strategy"
              + " 'listing' does");
    }
    if (references.isEmpty() || sync.config().strategy() == TransferConfig.Strategy.LISTING) {
      report.compared(Optional.of(startedAt));
      return FetchOptions.listing(references);
    }
    ListingSchedule due = due();
    Optional<Instant> last = due.isFirstRun() ? Optional.of(startedAt) : due.lastComparison();
    boolean compare = !due.isFirstRun() && due.isDue(last, startedAt);
    report.compared(compare ? Optional.of(startedAt) : last);
    return FetchOptions.references(references.get(), compare);
  }

  private ListingSchedule due() {
    return new ListingSchedule(repository, sync.config().listingEvery());
  }
}
