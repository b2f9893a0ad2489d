package io.parsecbackup.job;

import io.parsecbackup.Cancellation;
import io.parsecbackup.repository.RepositoryLock;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

/**
 * One job that is to be started. Every kind of job has an implementation of its own; {@link
 * JobRunner} needs nothing else.
 *
 * @param <D> the document that describes such a job
 */
public interface JobStart<D extends JobDocument> {

  JobKind kind();

  /** A job that takes longer is ended as failed; empty for no limit. */
  Optional<Duration> limit();

  /**
   * Refuses what can be refused without the lock, then takes the lock: alone or shared.
   *
   * @throws io.parsecbackup.Problem of kind HELD while another job has the repository
   */
  RepositoryLock lock() throws IOException;

  /**
   * Prepares the job under the lock: chooses what it works on, reserves its id, opens its scratch
   * folder. If it throws, it leaves nothing open but the lock.
   */
  JobWork<D> open(RepositoryLock lock, Cancellation cancellation) throws IOException;
}
