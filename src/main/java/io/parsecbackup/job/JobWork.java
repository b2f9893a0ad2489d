package io.parsecbackup.job;

import io.parsecbackup.Cancellation;
import io.parsecbackup.Problem;
import io.parsecbackup.repository.storage.RunId;
import java.io.IOException;

/**
 * The work of a job between its start and its end. Start and end are the same for every kind. One
 * thread calls it, except for {@link #document}.
 *
 * @param <D> the document that describes the job
 */
public interface JobWork<D extends JobDocument> {

  RunId id();

  /** The job's current state, with its progress. Any thread may call this. */
  D document();

  /**
   * Does all of the work.
   *
   * @return the result of the job
   */
  D run(Cancellation cancellation) throws IOException;

  /**
   * The result of the job after {@link #run} threw.
   *
   * @param state FAILED or CANCELLED
   */
  D ended(JobState state, Problem problem);

  /** Removes the scratch folder. Called once, at the end, whatever happened. */
  void clear() throws IOException;

  /** Writes the job's record to the repository, after {@link #clear}. */
  void record(D ended) throws IOException;

  /** Logs how the job ended. */
  void log(D ended);
}
