package io.parsecbackup.job;

import io.parsecbackup.Cancellation;
import io.parsecbackup.Problem;
import io.parsecbackup.repository.storage.RunId;
import java.io.IOException;

/**
 * What a job does between its start and its end, which are the same for every kind. Called by one
 * thread, except for {@link #document}.
 *
 * @param <D> the document that describes the job
 */
public interface JobWork<D extends JobDocument> {

  RunId id();

  /** The job as it stands, with its progress. Any thread may ask. */
  D document();

  /**
   * Does all of the work.
   *
   * @return the job as it ended
   */
  D run(Cancellation cancellation) throws IOException;

  /**
   * The job, after {@link #run} threw.
   *
   * @param state FAILED or CANCELLED
   */
  D ended(JobState state, Problem problem);

  /** Removes the scratch folder. Called once, at the end, whatever happened. */
  void clear() throws IOException;

  /** Writes the job into the repository's records, after {@link #clear}. */
  void record(D ended) throws IOException;

  /** Logs how the job ended. */
  void log(D ended);
}
