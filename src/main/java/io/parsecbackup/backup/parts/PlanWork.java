package io.parsecbackup.backup.parts;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.parsecbackup.Cancellation;
import io.parsecbackup.Counted;
import io.parsecbackup.Problem;
import io.parsecbackup.backup.Backup;
import io.parsecbackup.backup.BackupJson;
import io.parsecbackup.backup.BackupRun;
import io.parsecbackup.backup.BackupRun.Prepared;
import io.parsecbackup.job.JobLog;
import io.parsecbackup.job.JobReport;
import io.parsecbackup.job.JobResult;
import io.parsecbackup.job.JobState;
import io.parsecbackup.job.JobWork;
import io.parsecbackup.repository.Repository;
import io.parsecbackup.repository.Workspace;
import io.parsecbackup.repository.Workspace.StagedFile;
import io.parsecbackup.repository.plan.Plan;
import io.parsecbackup.repository.storage.Content;
import io.parsecbackup.repository.storage.Layout;
import io.parsecbackup.repository.storage.NewFile;
import io.parsecbackup.repository.storage.RepositoryLocks;
import io.parsecbackup.repository.storage.RunId;
import io.parsecbackup.repository.storage.SealedJson;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Takes the database's part of a backup, and splits the rest into parts. When it ends, its plan
 * keeps other runs away in place of the lock.
 */
final class PlanWork implements JobWork<JobResult> {

  private final BackupRun run;
  private final Repository repository;
  private final Workspace workspace;
  private final Request request;
  private final JobReport report;
  private Optional<Backup> failed = Optional.empty();

  /**
   * What is planned.
   *
   * @param parts how many there are
   * @param expires see {@link Plan}
   * @param buckets of the source
   * @param lock that this process holds
   */
  record Request(int parts, Instant expires, List<String> buckets, RepositoryLocks.Held lock) {}

  PlanWork(
      BackupRun run,
      Repository repository,
      Workspace workspace,
      Request request,
      JobReport report) {
    this.run = run;
    this.repository = repository;
    this.workspace = workspace;
    this.request = request;
    this.report = report;
    report.about(run.id().text());
  }

  @Override
  public RunId id() {
    return run.id();
  }

  @Override
  public JobResult document() {
    return report.running();
  }

  @Override
  public JobResult run(Cancellation cancellation) throws IOException {
    Prepared prepared = run.prepare(cancellation);
    Map<String, Path> files = run.plan(prepared.references(), request.parts(), cancellation);
    Map<String, StagedFile> staged = workspace.stage(prepared.files().digests(), cancellation);
    ObjectNode document =
        PlannedBackup.document(
            new PlannedBackup.Facts(
                prepared.references().isPresent(),
                request.buckets(),
                staged,
                prepared.damagedSegments()),
            run.report(),
            run.progress());
    new StepFiles(repository.storage(), Layout.plan(id())).put(files, document);
    repository.storage().flush(cancellation);
    cancellation.throwIfCancelled();
    request.lock().requireHeld();
    Plan plan = new Plan(id(), request.parts(), request.expires(), document);
    repository
        .storage()
        .put(
            NewFile.replacing(Layout.planJson(id()), Content.of(SealedJson.seal(plan.document()))));
    workspace.leaveToOthers();
    report.did(
        Counted.of(run.progress().sync().wanted(), "object")
            + " to fetch or to compare, in "
            + Counted.of(request.parts(), "part"));
    report.advise(
        List.of(
            "Run 'backup --part I' for each I from 0 to " + (request.parts() - 1),
            "Then run 'backup --join', before " + request.expires()));
    return report.done();
  }

  @Override
  public JobResult ended(JobState state, Problem problem) {
    failed = Optional.of(run.ended(state, problem));
    return report.ended(state, problem);
  }

  @Override
  public void clear() throws IOException {
    workspace.close();
  }

  /** A run that is planned has not ended: the last step records its result. */
  @Override
  public void record(JobResult result) throws IOException {
    if (failed.isPresent()) {
      run.record(failed.get());
    } else {
      repository.runs().write(id(), BackupJson.toJson(run.report().running()));
    }
  }

  @Override
  public void log(JobResult ended) {
    PartLog.log(ended, JobLog.LOG);
  }
}
