package io.parsecbackup.backup;

import io.parsecbackup.Cancellation;
import io.parsecbackup.Problem;
import io.parsecbackup.dump.DatabaseSnapshot;
import io.parsecbackup.parsec.Blockstore;
import io.parsecbackup.parsec.DatabaseUri;
import io.parsecbackup.repository.Repository;
import io.parsecbackup.repository.RepositoryLock;
import io.parsecbackup.repository.Source;
import io.parsecbackup.repository.Workspace;
import io.parsecbackup.sync.BucketSync;
import io.parsecbackup.sync.SyncCounters;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * Takes over what another hand has made: binds the repository to the configured source, and indexes
 * the files under {@code objects/} that hold what the bucket lists, so that no backup fetches them
 * again. No published backup is touched.
 */
@ApplicationScoped
public class Adoption {

  private final RepositorySettings repositorySettings;
  private final SourceSettings sourceSettings;
  private final BucketSync sync;
  private final Clock clock;

  public Adoption(
      RepositorySettings repositorySettings,
      SourceSettings sourceSettings,
      BucketSync sync,
      Clock clock) {
    this.repositorySettings = repositorySettings;
    this.sourceSettings = sourceSettings;
    this.sync = sync;
    this.clock = clock;
  }

  /**
   * Adopts the configured repository for the configured source.
   *
   * @param counters written as the work goes on
   * @throws Problem when another run holds the repository, a setting is wrong, or source or disk
   *     fail
   */
  public JobResult adopt(SyncCounters counters, Cancellation cancellation) {
    Blockstore blockstore = sourceSettings.blockstore();
    DatabaseUri database = sourceSettings.database();
    Repository repository = repositorySettings.repository();
    Instant startedAt = clock.instant();
    requireAdoptable(repository);
    try (RepositoryLock lock = repository.lock("an adopt")) {
      Source source = source(database, blockstore, cancellation);
      repository.deadRuns().clear();
      DeadRunRecords.settle(repository);
      try (Workspace workspace = repository.reserve(startedAt)) {
        lock.describeHolder("adopt " + workspace.id());
        repository.deadRuns().recover(workspace, cancellation, bytes -> {});
        List<JobResult.Finding> findings = Collections.synchronizedList(new ArrayList<>());
        if (blockstore instanceof Blockstore.S3 bucket) {
          sync.adopt(
              bucket,
              repository,
              workspace,
              counters,
              (key, expected, found) -> note(findings, key, expected, found),
              cancellation);
        }
        cancellation.throwIfCancelled();
        // Last: an adopt that failed must not leave the repository to a source that it has not
        // seen.
        repository.rebind(source);
        workspace.publishSegment("adopt");
        return new JobResult(
            workspace.id().text(),
            "adopt",
            BackupState.COMPLETE,
            Optional.empty(),
            Optional.empty(),
            startedAt,
            Optional.of(clock.instant()),
            Optional.empty(),
            new JobResult.Checked(counters.copied(), counters.copiedBytes()),
            List.copyOf(findings),
            Optional.empty(),
            List.of());
      }
    } catch (UncheckedIOException e) {
      throw DiskFailures.read(e);
    } catch (IOException e) {
      throw DiskFailures.read(e);
    }
  }

  /** Before the lock, whose file must not be left in a folder that is none of ours. */
  private static void requireAdoptable(Repository repository) {
    try {
      repository.requireAdoptable();
    } catch (IOException e) {
      throw DiskFailures.read(e);
    }
  }

  private static Source source(
      DatabaseUri database, Blockstore blockstore, Cancellation cancellation) {
    try (DatabaseSnapshot snapshot = DatabaseSnapshot.open(database, cancellation)) {
      return new Source(
          snapshot.server().systemIdentifier(),
          snapshot.server().database(),
          BackupRun.buckets(blockstore));
    }
  }

  private static void note(
      List<JobResult.Finding> findings, String key, String expected, String found) {
    if (findings.size() < JobResult.MOST_FINDINGS) {
      findings.add(new JobResult.Finding(key, "differs", expected, found));
    }
  }
}
