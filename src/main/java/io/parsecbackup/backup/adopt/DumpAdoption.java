package io.parsecbackup.backup.adopt;

import io.parsecbackup.Cancellation;
import io.parsecbackup.backup.Backup;
import io.parsecbackup.backup.BackupJson;
import io.parsecbackup.backup.BackupReport;
import io.parsecbackup.backup.BackupTools;
import io.parsecbackup.backup.Progress.Phase;
import io.parsecbackup.backup.PublishedFiles;
import io.parsecbackup.dump.AdoptedDump;
import io.parsecbackup.dump.DatabaseFacts;
import io.parsecbackup.dump.ServerFacts;
import io.parsecbackup.dump.SnapshotFacts;
import io.parsecbackup.objectstore.fetch.FetchOptions;
import io.parsecbackup.parsec.Blockstore;
import io.parsecbackup.parsec.ParsecTables;
import io.parsecbackup.repository.Repository;
import io.parsecbackup.repository.Workspace;
import io.parsecbackup.repository.storage.Layout;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Makes a backup of a dump that another tool made: the dump first, then the objects that the
 * repository already has, then the missing ones, and {@code backup.json} last.
 */
final class DumpAdoption {

  /** Adopts the files under {@code objects/}, and binds the repository. */
  @FunctionalInterface
  interface Objects {
    void adopt() throws IOException;
  }

  private final BackupTools tools;
  private final Repository repository;
  private final Workspace workspace;
  private final AdoptProgress progress;
  private final BackupReport report;
  private final Cancellation cancellation;

  DumpAdoption(
      BackupTools tools,
      Repository repository,
      Workspace workspace,
      AdoptProgress progress,
      BackupReport report,
      Cancellation cancellation) {
    this.tools = tools;
    this.repository = repository;
    this.workspace = workspace;
    this.progress = progress;
    this.report = report;
    this.cancellation = cancellation;
  }

  /**
   * Adopts the dump of {@code input}.
   *
   * @return the published backup
   */
  Backup adopt(AdoptInput input, Objects objects) throws IOException {
    repository.runs().write(workspace.id(), BackupJson.toJson(report.running()));
    progress.enter(Phase.DUMP);
    AdoptedDump adopted =
        AdoptedDump.take(
            tools.dumper().encryption().readable(input.dump().orElseThrow()),
            workspace.scratch(),
            tools.dumper(),
            input.configured().database().tables().map(ParsecTables::schema),
            progress.run()::dumped,
            cancellation);
    report.source(facts(adopted, input.configured()));
    report.dump(adopted.dump());
    report.referenced(adopted.references());
    progress.enter(Phase.RECOVER);
    repository.deadRuns().recover(workspace, cancellation, progress.run()::recovered);
    progress.compare();
    objects.adopt();
    workspace.recognize();
    progress.enter(Phase.SYNC);
    PublishedFiles files =
        new PublishedFiles(tools.dumper().encryption(), Optional.of(adopted.dump()));
    Optional<Path> references =
        adopted.references().map(count -> workspace.file(Layout.REFERENCES));
    files.addList(references);
    files.addList(sync(input.source().blockstore(), references));
    cancellation.throwIfCancelled();
    progress.enter(Phase.PUBLISH);
    return BackupJson.fromJson(
            workspace.publish(files.digests(), BackupJson.toJson(report.published()), cancellation))
        .orElseThrow();
  }

  private Optional<Path> sync(Blockstore blockstore, Optional<Path> references) throws IOException {
    if (!blockstore.buckets().isEmpty()) {
      report.strategy(BackupReport.LISTING);
      return tools
          .sync()
          .fetch(
              FetchOptions.listing(references),
              blockstore,
              repository,
              workspace,
              progress.run().sync(),
              cancellation);
    }
    report.strategy("none");
    report.warn("it is not known whether the dump contains all blocks that it refers to");
    return Optional.empty();
  }

  /**
   * The source as the dump describes it. Values that the dump does not contain are not taken from
   * today's source, except its identity.
   */
  private static SnapshotFacts facts(AdoptedDump dump, SnapshotFacts configured) {
    AdoptedDump.Database database = dump.database();
    return new SnapshotFacts(
        new ServerFacts(
            dump.server(),
            configured.server().systemIdentifier(),
            Optional.empty(),
            configured.server().host()),
        new DatabaseFacts(
            database.name().orElse(configured.database().name()),
            database.encoding(),
            Optional.empty(),
            database.schema().map(schema -> new ParsecTables(schema, true)),
            database.migration()),
        dump.createdAt());
  }
}
