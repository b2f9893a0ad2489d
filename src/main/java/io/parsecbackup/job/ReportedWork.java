package io.parsecbackup.job;

import io.parsecbackup.Cancellation;
import io.parsecbackup.Problem;
import io.parsecbackup.repository.JobScratch;
import io.parsecbackup.repository.Repository;
import io.parsecbackup.repository.storage.RunId;
import java.io.IOException;
import org.jboss.logging.Logger;

/**
 * The work of a job other than a backup. It collects a {@link JobReport}. The job is recorded in
 * {@code checks/} when it starts and when it ends, unless the repository cannot be written.
 */
public final class ReportedWork implements JobWork<JobResult> {

  private static final Logger LOG = Logger.getLogger(ReportedWork.class);

  /** The work itself. */
  @FunctionalInterface
  public interface Task {
    void run(Cancellation cancellation) throws IOException;
  }

  private final JobKind kind;
  private final JobRecords records;
  private final JobScratch scratch;
  private final JobReport report;
  private final Task task;

  public ReportedWork(
      JobKind kind, Repository repository, JobScratch scratch, JobReport report, Task task) {
    this.kind = kind;
    this.records = new JobRecords(repository);
    this.scratch = scratch;
    this.report = report;
    this.task = task;
  }

  @Override
  public RunId id() {
    return scratch.id();
  }

  @Override
  public JobResult document() {
    return report.running();
  }

  @Override
  public JobResult run(Cancellation cancellation) throws IOException {
    try {
      record(document());
    } catch (IOException | RuntimeException | Error e) {
      LOG.errorf("%s %s: cannot write its record: %s", kind, id(), e);
    }
    task.run(cancellation);
    return report.done();
  }

  @Override
  public JobResult ended(JobState state, Problem problem) {
    return report.ended(state, problem);
  }

  @Override
  public void clear() throws IOException {
    scratch.close();
  }

  @Override
  public void record(JobResult result) throws IOException {
    if (scratch.isWritable()) {
      records.write(id(), kind, result);
    }
  }

  @Override
  public void log(JobResult ended) {
    ended.warnings().forEach(warning -> JobLog.LOG.warnf("%s %s: %s", kind, id(), warning));
    switch (ended.state()) {
      case COMPLETE -> JobLog.LOG.infof("%s %s is done: no problems found", kind, id());
      case INCOMPLETE ->
          JobLog.LOG.errorf(
              "%s %s is done, problems found: %d, the first: %s (%s)",
              kind,
              id(),
              ended.findings().size() + ended.furtherFindings().orElse(0L),
              ended.findings().getFirst().key(),
              ended.findings().getFirst().problem());
      case FAILED, CANCELLED, RUNNING ->
          JobLog.LOG.errorf(
              "%s %s has failed: %s", kind, id(), ended.error().orElse("unknown reason"));
    }
  }
}
