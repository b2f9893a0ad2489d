package io.parsecbackup.backup;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.parsecbackup.Cancellation;
import io.parsecbackup.Problem;
import io.parsecbackup.backup.Progress.Phase;
import io.parsecbackup.job.JobKind;
import io.parsecbackup.job.JobLog;
import io.parsecbackup.job.JobState;
import io.parsecbackup.job.JobWork;
import io.parsecbackup.job.Trigger;
import io.parsecbackup.objectstore.fetch.PartFetcher;
import io.parsecbackup.parsec.Blockstore;
import io.parsecbackup.repository.DamagedObjects;
import io.parsecbackup.repository.Repository;
import io.parsecbackup.repository.Workspace;
import io.parsecbackup.repository.storage.RunId;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jboss.logging.Logger;

/**
 * Takes one backup in the only safe order: the database first, then the objects, and {@code
 * backup.json} last.
 */
public final class BackupRun implements JobWork<Backup> {

  public static final JobKind KIND = new JobKind("backup");

  private static final Logger LOG = Logger.getLogger(BackupRun.class);

  private final BackupTools tools;
  private final Repository repository;
  private final Workspace workspace;
  private final BackupSource source;
  private final BackupReport report;
  private final Progress progress;
  private final DamagedObjects damaged;

  /**
   * What a run has before it fetches objects.
   *
   * @param files to publish
   * @param references the objects that the dump refers to; empty if they are unknown
   * @param damagedSegments segments of the index that this run makes up for
   */
  public record Prepared(
      PublishedFiles files, Optional<Path> references, List<RunId> damagedSegments) {}

  public BackupRun(
      BackupTools tools,
      Repository repository,
      Workspace workspace,
      BackupSource source,
      Trigger trigger) {
    this(tools, repository, workspace, source, new Progress(tools.clock()), trigger);
  }

  private BackupRun(
      BackupTools tools,
      Repository repository,
      Workspace workspace,
      BackupSource source,
      Progress progress,
      Trigger trigger) {
    this(
        tools,
        repository,
        workspace,
        source,
        progress,
        new BackupReport(workspace.id(), trigger, tools.clock(), progress));
  }

  /** A run that other processes have begun. */
  public BackupRun(
      BackupTools tools,
      Repository repository,
      Workspace workspace,
      BackupSource source,
      Progress progress,
      BackupReport report) {
    this.tools = tools;
    this.repository = repository;
    this.workspace = workspace;
    this.source = source;
    this.progress = progress;
    this.report = report;
    this.damaged = repository.damagedObjects();
  }

  public BackupReport report() {
    return report;
  }

  public Progress progress() {
    return progress;
  }

  @Override
  public RunId id() {
    return workspace.id();
  }

  @Override
  public Backup document() {
    return report.running().withProgress(progress.report());
  }

  @Override
  public Backup run(Cancellation cancellation) throws IOException {
    Prepared prepared = prepare(cancellation);
    PublishedFiles files = prepared.files();
    progress.enter(Phase.SYNC);
    files.addList(sync(prepared.references(), cancellation));
    return publish(files.digests(), prepared.damagedSegments(), cancellation);
  }

  /** Takes the database's part, and checks what earlier runs have left. */
  public Prepared prepare(Cancellation cancellation) throws IOException {
    repository.runs().write(id(), BackupJson.toJson(report.running()));
    SourceDatabase.Result result =
        new SourceDatabase(
                source.database(), source.blockstore(), tools.dumper(), tools.sync(), repository)
            .take(workspace, report, progress, cancellation);
    progress.enter(Phase.RECOVER);
    repository.deadRuns().recover(workspace, cancellation, progress::recovered);
    // Before the fetch: this run does not repair what is damaged later.
    List<RunId> damagedSegments = repository.index().damagedSegments(id());
    damaged.forget(workspace, cancellation);
    PublishedFiles files = new PublishedFiles(tools.dumper().encryption(), result.dump());
    files.addList(result.references());
    if (result.rows().isPresent()) {
      files.add(result.rows().get());
    }
    files.addList(result.missing());
    return new Prepared(files, result.references(), damagedSegments);
  }

  /**
   * Publishes the backup, whose objects are fetched.
   *
   * @param files in scratch, with their SHA-256
   */
  public Backup publish(
      Map<Path, String> files, List<RunId> damagedSegments, Cancellation cancellation)
      throws IOException {
    report.stillDamaged(damaged.remaining(workspace, cancellation));
    cancellation.throwIfCancelled();
    progress.enter(Phase.PUBLISH);
    ObjectNode published =
        workspace.publish(files, BackupJson.toJson(report.published()), cancellation);
    updateDamageLists(damagedSegments);
    return BackupJson.fromJson(published).orElseThrow();
  }

  /**
   * Updates the lists of damaged objects. A failure here does not fail the backup, which is
   * published: the next run updates the remaining lists.
   */
  private void updateDamageLists(List<RunId> damagedSegments) {
    try {
      damaged.settle(workspace);
      if (!source.blockstore().buckets().isEmpty() && !damagedSegments.isEmpty()) {
        // A server may not have answered once. Then the run used the segment after that.
        List<RunId> still = repository.index().damagedSegments(id());
        workspace.makeUpFor(damagedSegments.stream().filter(still::contains).toList());
      }
    } catch (IOException | RuntimeException | Error e) {
      LOG.warnf("cannot update the lists of damaged objects; the next run will update them: %s", e);
    }
    repository.compactions().compactIfDue(workspace);
  }

  private Optional<Path> sync(Optional<Path> references, Cancellation cancellation)
      throws IOException {
    return switch (source.blockstore()) {
      case Blockstore.S3 bucket -> fetch(bucket, references, cancellation);
      case Blockstore.Raid raid -> fetch(raid, references, cancellation);
      case Blockstore.Postgresql inDump -> {
        report.strategy("none");
        yield Optional.empty();
      }
      case Blockstore.Swift swift -> throw unsupported(swift);
      case Blockstore.Mocked mocked -> throw unsupported(mocked);
    };
  }

  /**
   * Plans which part fetches which objects.
   *
   * @return files in scratch by name; those of a part are below its number
   */
  public Map<String, Path> plan(Optional<Path> references, int parts, Cancellation cancellation)
      throws IOException {
    progress.enter(Phase.SYNC);
    return switch (source.blockstore()) {
      case Blockstore.S3 bucket ->
          objects().plan(parts(), references, parts, progress, cancellation);
      case Blockstore.Raid raid ->
          objects().plan(parts(), references, parts, progress, cancellation);
      case Blockstore.Postgresql inDump -> {
        report.strategy("none");
        yield Map.of();
      }
      case Blockstore.Swift swift -> throw unsupported(swift);
      case Blockstore.Mocked mocked -> throw unsupported(mocked);
    };
  }

  /** Plans, fetches and proves in several processes. */
  public PartFetcher parts() {
    return new PartFetcher(
        tools.sync(), source.blockstore(), repository, workspace, progress.sync());
  }

  private SourceObjects objects() {
    return new SourceObjects(tools.sync(), repository, report, report.startedAt());
  }

  private Optional<Path> fetch(
      Blockstore buckets, Optional<Path> references, Cancellation cancellation) throws IOException {
    return objects().fetch(buckets, references, workspace, progress, cancellation);
  }

  private static IllegalStateException unsupported(Blockstore blockstore) {
    return new IllegalStateException("a run was started for " + blockstore);
  }

  @Override
  public Backup ended(JobState state, Problem problem) {
    return report.ended(state, problem);
  }

  @Override
  public void clear() throws IOException {
    workspace.close();
  }

  @Override
  public void record(Backup ended) throws IOException {
    repository.runs().write(id(), PhaseTimes.record(ended, progress.seconds(ended)));
  }

  @Override
  public void log(Backup ended) {
    switch (ended.state()) {
      case COMPLETE -> JobLog.LOG.infof("backup %s is %s", ended.id(), ended.stateInWords());
      case INCOMPLETE ->
          JobLog.LOG.errorf(
              "backup %s is published but incomplete: objects are missing", ended.id());
      case FAILED, CANCELLED, RUNNING ->
          JobLog.LOG.errorf(
              "backup %s is %s: %s",
              ended.id(), ended.stateInWords(), ended.error().orElse("unknown reason"));
    }
    ended.warnings().forEach(warning -> JobLog.LOG.warnf("backup %s: %s", ended.id(), warning));
  }
}
