package io.parsecbackup.job;

import io.parsecbackup.Cancellation;
import io.parsecbackup.repository.storage.RepositoryLocks;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

/**
 * A job to start. Each kind of job has its own implementation; {@link JobRunner} needs nothing
 * else.
 *
 * @param <D> the document that describes such a job
 */
public interface JobStart<D extends JobDocument> {

  JobKind kind();

  /** A job that takes longer is ended as failed; empty for no limit. */
  Optional<Duration> limit();

  /**
   * Makes the checks that need no lock, then takes the exclusive or the shared lock.
   *
   * @throws io.parsecbackup.Problem of kind HELD while another job holds a conflicting lock
   */
  RepositoryLocks.Held lock() throws IOException;

  /**
   * Prepares the job under the lock: chooses what it works on, reserves its id, opens its scratch
   * folder. If it throws, only the lock is still open.
   */
  JobWork<D> open(RepositoryLocks.Held lock, Cancellation cancellation) throws IOException;

  /**
   * Starts what follows a job that ran in the background, in its thread, after it has released the
   * lock. A failure here changes nothing about the job that has ended.
   */
  default void follow(JobEnd<D> end) {}
}
