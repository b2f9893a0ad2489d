package io.parsecbackup.backup.parts;

import io.parsecbackup.Cancellation;
import io.parsecbackup.Problem;
import io.parsecbackup.job.JobDocument;
import io.parsecbackup.job.JobLog;
import io.parsecbackup.job.JobState;
import io.parsecbackup.job.JobWork;
import io.parsecbackup.repository.storage.RunId;

/**
 * A step of a planned backup that an earlier process has done: running it again changes nothing.
 */
record FinishedWork<D extends JobDocument>(RunId id, String step, D document)
    implements JobWork<D> {

  @Override
  public D run(Cancellation cancellation) {
    return document;
  }

  @Override
  public D ended(JobState state, Problem problem) {
    return document;
  }

  @Override
  public void clear() {}

  @Override
  public void record(D ended) {}

  @Override
  public void log(D ended) {
    JobLog.LOG.infof("%s of backup %s was done before", step, id);
  }
}
