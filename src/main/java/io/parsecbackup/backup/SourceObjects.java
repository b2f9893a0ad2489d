package io.parsecbackup.backup;

import io.parsecbackup.Cancellation;
import io.parsecbackup.objectstore.fetch.BucketFetcher;
import io.parsecbackup.objectstore.fetch.FetchOptions;
import io.parsecbackup.objectstore.s3.TransferConfig;
import io.parsecbackup.parsec.Blockstore;
import io.parsecbackup.repository.Repository;
import io.parsecbackup.repository.Workspace;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;

/** The objects' part of a backup: the strategy, and what is missing. */
record SourceObjects(
    BucketFetcher sync, Repository repository, BackupReport report, Instant startedAt) {

  /**
   * Fetches what the dump refers to into the repository, or all that is listed.
   *
   * @param references what the dump refers to; empty where it has no tables of Parsec's
   * @return the list of what is missing, in the scratch folder; empty if nothing is
   */
  Optional<Path> fetch(
      Blockstore source,
      Optional<Path> references,
      Workspace workspace,
      Progress progress,
      Cancellation cancellation)
      throws IOException {
    FetchOptions order = order(references);
    report.strategy(order.unreferenced() ? BackupReport.LISTING : BackupReport.REFERENCES);
    Optional<Path> missing =
        sync.fetch(order, source, repository, workspace, progress.sync(), cancellation);
    Optional<String> uncompared = progress.sync().uncompared();
    if (uncompared.isPresent()) {
      report.compared(due().lastComparison());
      report.warn(
          "the bucket's listing was not compared with the repository, so objects that were replaced"
              + " behind Parsec's back were not looked for: "
              + uncompared.get()
              + ". The next backup tries again");
    }
    return missing;
  }

  private FetchOptions order(Optional<Path> references) throws IOException {
    if (references.isEmpty() && sync.config().strategy() == TransferConfig.Strategy.REFERENCES) {
      report.warn("without references the whole bucket was copied, as by the strategy 'listing'");
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
