package io.parsecbackup.backup.parts;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.parsecbackup.Cancellation;
import io.parsecbackup.Counted;
import io.parsecbackup.Problem;
import io.parsecbackup.backup.Progress;
import io.parsecbackup.job.JobLog;
import io.parsecbackup.job.JobPhase;
import io.parsecbackup.job.JobReport;
import io.parsecbackup.job.JobResult;
import io.parsecbackup.job.JobState;
import io.parsecbackup.job.JobWork;
import io.parsecbackup.job.ProgressReport;
import io.parsecbackup.objectstore.fetch.FetchCounters;
import io.parsecbackup.objectstore.fetch.PartFetcher;
import io.parsecbackup.repository.Repository;
import io.parsecbackup.repository.Workspace;
import io.parsecbackup.repository.storage.Content;
import io.parsecbackup.repository.storage.Layout;
import io.parsecbackup.repository.storage.NewFile;
import io.parsecbackup.repository.storage.RepositoryLocks;
import io.parsecbackup.repository.storage.RunId;
import io.parsecbackup.repository.storage.SealedJson;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

/** Fetches one part of a planned backup. A part that is killed continues when it runs again. */
final class PartWork implements JobWork<JobResult> {

  private final PartOfBackup part;
  private final Repository repository;
  private final Workspace workspace;
  private final PartFetcher fetcher;
  private final Progress progress;
  private final JobReport report;

  /**
   * A part of a planned backup.
   *
   * @param lock of the part, which this process holds
   */
  record PartOfBackup(PlannedBackup backup, int number, RepositoryLocks.Held lock) {
    RunId id() {
      return backup.plan().id();
    }
  }

  PartWork(
      PartOfBackup part,
      Repository repository,
      Workspace workspace,
      PartFetcher fetcher,
      Progress progress,
      JobReport report) {
    this.part = part;
    this.repository = repository;
    this.workspace = workspace;
    this.fetcher = fetcher;
    this.progress = progress;
    this.report = report;
  }

  @Override
  public RunId id() {
    return part.id();
  }

  @Override
  public JobResult document() {
    return report.running();
  }

  @Override
  public JobResult run(Cancellation cancellation) throws IOException {
    FetchCounters counters = progress.sync();
    report.enter(
        JobPhase.OBJECTS,
        () ->
            new ProgressReport.Counts(
                counters.copied(),
                counters.wanted(),
                counters.copiedBytes(),
                counters.wantedBytes()));
    Map<String, Path> files =
        fetcher.fetch(
            new StepFiles(repository.storage(), Layout.plan(id()))
                .local(part.backup().plan().document(), part.number() + "/"),
            part.backup().knowsReferences(),
            progress::recovered,
            cancellation);
    ObjectNode document = JsonNodeFactory.instance.objectNode();
    document.put("part", part.number());
    PlannedBackup.figures(document, progress);
    new StepFiles(repository.storage(), Layout.part(id(), part.number())).put(files, document);
    repository.storage().flush(cancellation);
    cancellation.throwIfCancelled();
    part.lock().requireHeld();
    repository
        .storage()
        .put(
            NewFile.ifAbsent(
                Layout.partJson(id(), part.number()), Content.of(SealedJson.seal(document))));
    workspace.leaveToOthers();
    report.checked(counters.copied(), counters.copiedBytes());
    report.did(
        Counted.of(counters.copied(), "object was fetched", "objects were fetched")
            + ", "
            + counters.skipped()
            + " were already there");
    if (files.containsKey(PartFetcher.FAILURES)) {
      report.did(
          "some objects could not be fetched, which the log names. The join lists those that the"
              + " dump refers to");
    }
    return report.done();
  }

  @Override
  public JobResult ended(JobState state, Problem problem) {
    return report.ended(state, problem);
  }

  @Override
  public void clear() throws IOException {
    workspace.close();
  }

  /** Nothing: the run has one record, which its last step completes. */
  @Override
  public void record(JobResult ended) {}

  @Override
  public void log(JobResult ended) {
    PartLog.log(ended, JobLog.LOG);
  }
}
