package io.parsecbackup.backup.adopt;

import io.parsecbackup.Cancellation;
import io.parsecbackup.Problem;
import io.parsecbackup.backup.Backup;
import io.parsecbackup.backup.BackupReport;
import io.parsecbackup.backup.BackupTools;
import io.parsecbackup.backup.PhaseTimes;
import io.parsecbackup.backup.SourceDatabase;
import io.parsecbackup.job.JobKind;
import io.parsecbackup.job.JobLog;
import io.parsecbackup.job.JobReport;
import io.parsecbackup.job.JobResult;
import io.parsecbackup.job.JobState;
import io.parsecbackup.job.JobWork;
import io.parsecbackup.job.Trigger;
import io.parsecbackup.objectstore.fetch.UnknownFiles;
import io.parsecbackup.parsec.Blockstore;
import io.parsecbackup.repository.Repository;
import io.parsecbackup.repository.Source;
import io.parsecbackup.repository.Workspace;
import io.parsecbackup.repository.storage.RunId;
import java.io.IOException;
import java.util.Optional;

/** Adopts objects, and a dump if one is given. Only the adopt of a dump is recorded as a run. */
final class AdoptRun implements JobWork<JobResult> {

  static final JobKind KIND = new JobKind("adopt");

  private final BackupTools tools;
  private final Repository repository;
  private final Workspace workspace;
  private final AdoptInput input;
  private final AdoptProgress progress;
  private final JobReport report;
  private final BackupReport backupReport;

  /** The content of the run's record. */
  private Optional<Backup> backup = Optional.empty();

  AdoptRun(
      BackupTools tools,
      Repository repository,
      Workspace workspace,
      AdoptInput input,
      AdoptProgress progress) {
    this.tools = tools;
    this.repository = repository;
    this.workspace = workspace;
    this.input = input;
    this.progress = progress;
    this.report =
        new JobReport(workspace.id().text(), KIND, Optional.of(Trigger.CLI), tools.clock());
    this.backupReport =
        new BackupReport(workspace.id(), Trigger.CLI, tools.clock(), progress.run());
  }

  @Override
  public RunId id() {
    return workspace.id();
  }

  @Override
  public JobResult document() {
    return report.running();
  }

  @Override
  public JobResult run(Cancellation cancellation) throws IOException {
    if (input.dump().isPresent()) {
      backup =
          Optional.of(
              new DumpAdoption(tools, repository, workspace, progress, backupReport, cancellation)
                  .adopt(input, () -> adoptObjects(cancellation)));
      report.about(backup.get().id());
      backup.get().warnings().forEach(report::warn);
    } else {
      repository.deadRuns().recover(workspace, cancellation, bytes -> {});
      adoptObjects(cancellation);
      workspace.publishSegment("adopt", cancellation);
    }
    report.checked(progress.objects().copied(), progress.objects().copiedBytes());
    return report.done(backup.map(Backup::state).orElse(JobState.COMPLETE));
  }

  private void adoptObjects(Cancellation cancellation) throws IOException {
    Blockstore blockstore = input.source().blockstore();
    if (!blockstore.buckets().isEmpty()) {
      tools
          .sync()
          .adopt(
              blockstore,
              repository,
              workspace,
              progress.objects(),
              (key, expected, found) -> report.found(key, "differs", expected, found),
              cancellation);
    }
    new UnknownFiles(repository, workspace, progress.objects(), cancellation).adopt();
    cancellation.throwIfCancelled();
    // Last: a failed adopt must not bind the repository to a source that it has not compared.
    repository.rebind(
        new Source(
            input.configured().server().systemIdentifier(),
            input.configured().database().name(),
            SourceDatabase.buckets(blockstore)));
  }

  @Override
  public JobResult ended(JobState state, Problem problem) {
    backup = input.dump().map(dump -> backupReport.ended(state, problem));
    return report.ended(state, problem);
  }

  @Override
  public void clear() throws IOException {
    workspace.close();
  }

  @Override
  public void record(JobResult ended) throws IOException {
    if (backup.isPresent()) {
      repository
          .runs()
          .write(id(), PhaseTimes.record(backup.get(), progress.run().seconds(backup.get())));
    }
  }

  @Override
  public void log(JobResult ended) {
    switch (ended.state()) {
      case COMPLETE -> JobLog.LOG.infof("adopt %s is done", id());
      case INCOMPLETE -> JobLog.LOG.errorf("adopt %s is done, but objects are missing", id());
      case FAILED, CANCELLED, RUNNING ->
          JobLog.LOG.errorf(
              "adopt %s has failed: %s", id(), ended.error().orElse("unknown reason"));
    }
  }
}
