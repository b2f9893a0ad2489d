package io.parsecbackup.backup.adopt;

import io.parsecbackup.Cancellation;
import io.parsecbackup.Problem;
import io.parsecbackup.backup.Backup;
import io.parsecbackup.backup.DeadRunRecords;
import io.parsecbackup.backup.RepositorySettings;
import io.parsecbackup.backup.SourceDatabase;
import io.parsecbackup.backup.SourceSettings;
import io.parsecbackup.dump.DatabaseDumper;
import io.parsecbackup.dump.DatabaseSnapshot;
import io.parsecbackup.dump.ServerFacts;
import io.parsecbackup.dump.archive.DumpReader;
import io.parsecbackup.job.DiskFailures;
import io.parsecbackup.job.JobResult;
import io.parsecbackup.job.JobState;
import io.parsecbackup.job.Trigger;
import io.parsecbackup.objectstore.fetch.BucketFetcher;
import io.parsecbackup.objectstore.fetch.UnknownFiles;
import io.parsecbackup.parsec.Blockstore;
import io.parsecbackup.postgres.connection.DatabaseUri;
import io.parsecbackup.repository.Repository;
import io.parsecbackup.repository.RepositoryLock;
import io.parsecbackup.repository.Source;
import io.parsecbackup.repository.Workspace;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * Takes over what another hand has made: a dump, as a backup like any other; and in any case binds
 * the repository to the configured source, and indexes the files under {@code objects/}: what the
 * bucket lists, so that no backup fetches it again, and what else the index does not know. No
 * published backup is touched.
 */
@ApplicationScoped
public class Adoption {

  private final RepositorySettings repositorySettings;
  private final SourceSettings sourceSettings;
  private final DatabaseDumper dumper;
  private final BucketFetcher sync;
  private final Clock clock;

  public Adoption(
      RepositorySettings repositorySettings,
      SourceSettings sourceSettings,
      DatabaseDumper dumper,
      BucketFetcher sync,
      Clock clock) {
    this.repositorySettings = repositorySettings;
    this.sourceSettings = sourceSettings;
    this.dumper = dumper;
    this.sync = sync;
    this.clock = clock;
  }

  /** For {@link #adopt} to write, and others to look at. */
  public AdoptProgress newProgress() {
    return new AdoptProgress(clock);
  }

  /**
   * Adopts the configured repository for the configured source.
   *
   * @param dump one that another hand has made, to be published as a backup
   * @return complete, or incomplete where a dump was published and objects are missing
   * @throws Problem when another run holds the repository, a setting is wrong, {@code dump} is no
   *     whole dump, or source or disk fail
   */
  public JobResult adopt(Optional<Path> dump, AdoptProgress progress, Cancellation cancellation) {
    Blockstore blockstore = sourceSettings.blockstore();
    DatabaseUri database = sourceSettings.database();
    Repository repository = repositorySettings.repository();
    Instant startedAt = clock.instant();
    dump.ifPresent(DumpReader::format);
    requireAdoptable(repository);
    try (RepositoryLock lock = repository.lock("an adopt")) {
      ServerFacts server = server(database, cancellation);
      repository.deadRuns().clear();
      DeadRunRecords.settle(repository);
      try (Workspace workspace = repository.reserve(startedAt)) {
        lock.describeHolder("adopt " + workspace.id());
        List<JobResult.Finding> findings = Collections.synchronizedList(new ArrayList<>());
        DumpAdoption.Objects objects =
            () -> {
              if (!blockstore.buckets().isEmpty()) {
                sync.adopt(
                    blockstore,
                    repository,
                    workspace,
                    progress.objects(),
                    (key, expected, found) -> note(findings, key, expected, found),
                    cancellation);
              }
              new UnknownFiles(repository, workspace, progress.objects(), cancellation).adopt();
              cancellation.throwIfCancelled();
              // An adopt that failed must not leave the repository to a source that it has not
              // seen.
              repository.rebind(source(server, blockstore));
            };
        Optional<Backup> backup = Optional.empty();
        if (dump.isPresent()) {
          backup =
              Optional.of(
                  new DumpAdoption(repository, workspace, sync, clock, progress, cancellation)
                      .adopt(dump.get(), dumper.tools(), server, blockstore, objects));
        } else {
          repository.deadRuns().recover(workspace, cancellation, bytes -> {});
          objects.adopt();
          workspace.publishSegment("adopt", cancellation);
        }
        return new JobResult(
            workspace.id().text(),
            "adopt",
            backup.map(Backup::state).orElse(JobState.COMPLETE),
            backup.map(Backup::id),
            Optional.of(Trigger.CLI),
            startedAt,
            Optional.of(clock.instant()),
            Optional.empty(),
            new JobResult.Checked(
                progress.objects().copied(), progress.objects().copiedBytes(), Optional.empty()),
            List.copyOf(findings),
            Optional.empty(),
            backup.map(Backup::warnings).orElse(List.of()),
            List.of(),
            List.of(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty());
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

  private static ServerFacts server(DatabaseUri database, Cancellation cancellation) {
    try (DatabaseSnapshot snapshot = DatabaseSnapshot.open(database, cancellation)) {
      return snapshot.server();
    }
  }

  private static Source source(ServerFacts server, Blockstore blockstore) {
    return new Source(
        server.systemIdentifier(), server.database(), SourceDatabase.buckets(blockstore));
  }

  private static void note(
      List<JobResult.Finding> findings, String key, String expected, String found) {
    if (findings.size() < JobResult.MOST_FINDINGS) {
      findings.add(new JobResult.Finding(key, "differs", expected, found));
    }
  }
}
