package io.parsecbackup.backup;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.parsecbackup.Cancellation;
import io.parsecbackup.Problem;
import io.parsecbackup.Problem.Kind;
import io.parsecbackup.backup.Progress.Phase;
import io.parsecbackup.dump.DatabaseDumper;
import io.parsecbackup.job.DiskFailures;
import io.parsecbackup.job.JobState;
import io.parsecbackup.job.RunTimeout;
import io.parsecbackup.job.Trigger;
import io.parsecbackup.objectstore.fetch.BucketFetcher;
import io.parsecbackup.parsec.Blockstore;
import io.parsecbackup.postgres.connection.DatabaseUri;
import io.parsecbackup.repository.DamagedObjects;
import io.parsecbackup.repository.Repository;
import io.parsecbackup.repository.RepositoryLock;
import io.parsecbackup.repository.Workspace;
import io.parsecbackup.repository.storage.RunId;
import io.parsecbackup.repository.storage.Sha256;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jboss.logging.Logger;

/**
 * One backup, in the one order that is safe: the database first, then the objects, and a published
 * {@code backup.json} last. It holds the repository from before its first step to after its last.
 */
public final class BackupRun {

  private static final Logger LOG = Logger.getLogger(BackupRun.class);

  /** What a run works with. */
  record Tools(DatabaseDumper dumper, BucketFetcher sync, Clock clock, Duration timeout) {}

  private final Tools tools;
  private final Repository repository;
  private final RepositoryLock lock;
  private final Workspace workspace;
  private final DatabaseUri database;
  private final Blockstore blockstore;
  private final BackupReport report;
  private final Progress progress;
  private final Cancellation cancellation = new Cancellation();
  private volatile boolean interrupted;

  BackupRun(
      Tools tools,
      Repository repository,
      RepositoryLock lock,
      Workspace workspace,
      DatabaseUri database,
      Blockstore blockstore,
      Trigger trigger) {
    this.tools = tools;
    this.repository = repository;
    this.lock = lock;
    this.workspace = workspace;
    this.database = database;
    this.blockstore = blockstore;
    this.progress = new Progress(tools.clock());
    this.report = new BackupReport(workspace.id(), trigger, tools.clock(), progress);
  }

  public RunId id() {
    return workspace.id();
  }

  /** The backup as it stands, with its progress while it runs. */
  public Backup backup() {
    return report.running().withProgress(progress.report());
  }

  /** Asks the run to end; it does so within seconds, and publishes nothing. */
  public void cancel(String why) {
    cancellation.cancel(why);
  }

  /**
   * As {@link #cancel}, but nobody wanted that: the run counts as failed, for the schedule to make
   * it up.
   */
  void interrupt(String why) {
    if (!cancellation.isCancelled()) {
      interrupted = true;
    }
    cancellation.cancel(why);
  }

  /** Lets go of all that it holds, in place of {@link #execute}; nothing was done. */
  void abandon() {
    try (RepositoryLock held = lock) {
      workspace.close();
    } catch (IOException e) {
      LOG.warnf("the journal of run %s cannot be closed: %s", id(), e);
    }
  }

  /**
   * Takes the backup. Whatever happens is in the result and in the repository's record of the run.
   */
  RunResult execute() {
    try (RepositoryLock held = lock;
        RunTimeout timeout = new RunTimeout(tools.timeout(), cancellation)) {
      RunResult result;
      try {
        result = new RunResult(takeBackup(), Optional.empty());
      } catch (IOException | RuntimeException | Error e) {
        Problem problem = problem(e);
        boolean cancelled = problem.kind() == Kind.CANCELLED && !timeout.isOver() && !interrupted;
        result =
            new RunResult(
                report.ended(cancelled ? JobState.CANCELLED : JobState.FAILED, problem),
                Optional.of(problem));
      }
      // First, for where the disk is full this makes room for the record.
      clear();
      record(result.backup());
      return result;
    }
  }

  private Backup takeBackup() throws IOException {
    repository.runs().write(id(), BackupJson.toJson(report.running()));
    SourceDatabase.Taken taken =
        new SourceDatabase(database, blockstore, tools.dumper(), tools.sync(), repository)
            .take(workspace, report, progress, cancellation);
    progress.enter(Phase.RECOVER);
    repository.deadRuns().recover(workspace, cancellation, progress::recovered);
    // Before the work: what is damaged later is nothing that this run has made up for.
    List<RunId> damagedSegments = repository.index().damagedSegments(id());
    DamagedObjects damaged = repository.damagedObjects();
    damaged.forget(workspace, cancellation);
    Map<Path, String> files = new LinkedHashMap<>();
    files.put(taken.dump().file(), taken.dump().sha256());
    add(taken.references(), files);
    add(Optional.of(taken.rows()), files);
    add(taken.missing(), files);
    progress.enter(Phase.SYNC);
    add(sync(taken.references()), files);
    report.stillDamaged(damaged.remaining(workspace, cancellation));
    cancellation.throwIfCancelled();
    progress.enter(Phase.PUBLISH);
    ObjectNode published =
        workspace.publish(files, BackupJson.toJson(report.published()), cancellation);
    settle(damaged, damagedSegments);
    return BackupJson.fromJson(published).orElseThrow();
  }

  /** The backup is published: what is left of the lists is seen to by the next one. */
  private void settle(DamagedObjects damaged, List<RunId> damagedSegments) {
    try {
      damaged.settle(workspace);
      if (!blockstore.buckets().isEmpty()) {
        workspace.makeUpFor(damagedSegments);
      }
    } catch (IOException | RuntimeException e) {
      LOG.warnf("what is known of damage could not be brought up to date: %s", e);
    }
    repository.compactions().compactIfDue(workspace);
  }

  public static void add(Optional<Path> file, Map<Path, String> files) throws IOException {
    if (file.isPresent()) {
      files.put(file.get(), Sha256.of(file.get()));
    }
  }

  private Optional<Path> sync(Optional<Path> references) throws IOException {
    return switch (blockstore) {
      case Blockstore.S3 bucket -> bring(bucket, references);
      case Blockstore.Raid raid -> bring(raid, references);
      case Blockstore.Postgresql inDump -> {
        report.strategy("none");
        yield Optional.empty();
      }
      case Blockstore.Swift swift -> throw unsupported(swift);
      case Blockstore.Mocked mocked -> throw unsupported(mocked);
    };
  }

  private Optional<Path> bring(Blockstore source, Optional<Path> references) throws IOException {
    return new SourceObjects(tools.sync(), repository, report, report.startedAt())
        .bring(source, references, workspace, progress, cancellation);
  }

  private static IllegalStateException unsupported(Blockstore blockstore) {
    return new IllegalStateException("a run was started for " + blockstore);
  }

  public static Problem problem(Throwable failure) {
    return switch (failure) {
      case Problem problem -> problem;
      case UncheckedIOException disk -> DiskFailures.read(disk);
      case IOException disk -> DiskFailures.read(disk);
      default -> {
        LOG.error("a fault of this program ended the run", failure);
        yield new Problem(
            Kind.INTERNAL,
            "a fault of this program ended the run: "
                + failure
                + ". Nothing was published; please report it with the log",
            failure);
      }
    };
  }

  private void record(Backup backup) {
    try {
      repository.runs().write(id(), PhaseTimes.record(backup, progress.seconds(backup)));
    } catch (IOException | RuntimeException | Error e) {
      LOG.errorf("the record of run %s could not be written: %s", id(), e);
    }
  }

  private void clear() {
    try {
      workspace.close();
    } catch (IOException | RuntimeException | Error e) {
      // The lock must be released and the record written, whatever else fails.
      LOG.warnf("the scratch of run %s could not be cleared, the next run does it: %s", id(), e);
    }
  }
}
