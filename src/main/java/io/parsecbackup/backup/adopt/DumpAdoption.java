package io.parsecbackup.backup.adopt;

import io.parsecbackup.Cancellation;
import io.parsecbackup.Problem;
import io.parsecbackup.Problem.Kind;
import io.parsecbackup.backup.Backup;
import io.parsecbackup.backup.BackupJson;
import io.parsecbackup.backup.BackupReport;
import io.parsecbackup.backup.BackupRun;
import io.parsecbackup.backup.PhaseTimes;
import io.parsecbackup.backup.Progress.Phase;
import io.parsecbackup.dump.AdoptedDump;
import io.parsecbackup.dump.ServerFacts;
import io.parsecbackup.job.JobState;
import io.parsecbackup.job.Trigger;
import io.parsecbackup.objectstore.fetch.BucketFetcher;
import io.parsecbackup.objectstore.fetch.FetchOptions;
import io.parsecbackup.parsec.Blockstore;
import io.parsecbackup.parsec.ParsecTables;
import io.parsecbackup.postgres.PgTools;
import io.parsecbackup.repository.Repository;
import io.parsecbackup.repository.Workspace;
import io.parsecbackup.repository.storage.Layout;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jboss.logging.Logger;

/**
 * Makes a backup like any other of a dump that another hand has made: the dump first, then the
 * objects that are there already, then those that are missing, and {@code backup.json} last. The
 * caller holds the repository.
 */
final class DumpAdoption {

  private static final Logger LOG = Logger.getLogger(DumpAdoption.class);

  /** Takes over the files under {@code objects/}, and binds the repository. */
  @FunctionalInterface
  interface Objects {
    void adopt() throws IOException;
  }

  private final Repository repository;
  private final Workspace workspace;
  private final BucketFetcher sync;
  private final AdoptProgress progress;
  private final Cancellation cancellation;
  private final BackupReport report;

  DumpAdoption(
      Repository repository,
      Workspace workspace,
      BucketFetcher sync,
      Clock clock,
      AdoptProgress progress,
      Cancellation cancellation) {
    this.repository = repository;
    this.workspace = workspace;
    this.sync = sync;
    this.progress = progress;
    this.cancellation = cancellation;
    this.report = new BackupReport(workspace.id(), Trigger.CLI, clock, progress.run());
  }

  /**
   * Adopts {@code handMade} and closes the workspace.
   *
   * @param server the one that is configured
   * @return the backup as it was published
   * @throws Problem when it was not; the repository's record of the run says why, too
   */
  Backup adopt(
      Path handMade, PgTools tools, ServerFacts server, Blockstore blockstore, Objects objects) {
    Backup backup;
    try {
      backup = takeOver(handMade, tools, server, blockstore, objects);
    } catch (IOException | RuntimeException | Error e) {
      Problem problem = BackupRun.problem(e);
      JobState state = problem.kind() == Kind.CANCELLED ? JobState.CANCELLED : JobState.FAILED;
      // First, for where the disk is full this makes room for the record.
      clear();
      record(report.ended(state, problem));
      throw problem;
    }
    clear();
    record(backup);
    return backup;
  }

  private Backup takeOver(
      Path handMade, PgTools tools, ServerFacts server, Blockstore blockstore, Objects objects)
      throws IOException {
    repository.runs().write(workspace.id(), BackupJson.toJson(report.running()));
    progress.enter(Phase.DUMP);
    AdoptedDump adopted =
        AdoptedDump.take(
            handMade,
            workspace.scratch(),
            tools,
            server.tables().map(ParsecTables::schema),
            progress.run()::dumped,
            cancellation);
    report.source(facts(adopted, server));
    report.dump(adopted.dump());
    report.referenced(adopted.references());
    progress.enter(Phase.RECOVER);
    repository.deadRuns().recover(workspace, cancellation, progress.run()::recovered);
    progress.compare();
    objects.adopt();
    workspace.recognize();
    progress.enter(Phase.SYNC);
    Map<Path, String> files = new LinkedHashMap<>();
    files.put(adopted.dump().file(), adopted.dump().sha256());
    Optional<Path> references =
        adopted.references().map(count -> workspace.file(Layout.REFERENCES));
    BackupRun.add(references, files);
    BackupRun.add(sync(blockstore, references), files);
    cancellation.throwIfCancelled();
    progress.enter(Phase.PUBLISH);
    return BackupJson.fromJson(
            workspace.publish(files, BackupJson.toJson(report.published()), cancellation))
        .orElseThrow();
  }

  private Optional<Path> sync(Blockstore blockstore, Optional<Path> references) throws IOException {
    if (!blockstore.buckets().isEmpty()) {
      report.strategy(BackupReport.LISTING);
      return sync.fetch(
          FetchOptions.listing(references),
          blockstore,
          repository,
          workspace,
          progress.run().sync(),
          cancellation);
    }
    report.strategy("none");
    report.warn("whether the dump holds the bytes of all blocks that it refers to is not known");
    return Optional.empty();
  }

  /** The server as the dump tells of it; what it does not tell is not taken from today's server. */
  private static ServerFacts facts(AdoptedDump dump, ServerFacts server) {
    return new ServerFacts(
        dump.serverVersion(),
        0,
        dump.database().orElse(server.database()),
        dump.encoding().orElse(""),
        "",
        server.systemIdentifier(),
        dump.schema().map(schema -> new ParsecTables(schema, true)),
        dump.migration(),
        0,
        dump.createdAt(),
        Optional.empty(),
        server.host());
  }

  private void record(Backup backup) {
    try {
      repository
          .runs()
          .write(workspace.id(), PhaseTimes.record(backup, progress.run().seconds(backup)));
    } catch (IOException | RuntimeException | Error e) {
      LOG.errorf("the record of run %s could not be written: %s", workspace.id(), e);
    }
  }

  private void clear() {
    try {
      workspace.close();
    } catch (IOException | RuntimeException | Error e) {
      LOG.warnf(
          "the scratch of run %s could not be cleared, the next run does it: %s",
          workspace.id(), e);
    }
  }
}
