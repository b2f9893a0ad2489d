package io.parsecbackup.repository.storage;

import io.parsecbackup.Cancellation;
import io.parsecbackup.Problem;
import java.io.IOException;
import java.util.Optional;

/** Takes the lock on a repository: a file lock in a folder, a lease in a bucket. */
public interface RepositoryLocks {

  /** A lock that is held until it is closed. */
  interface Held extends AutoCloseable {

    /** Describes the holder, for the error that other runs get. */
    void describeHolder(String holder);

    /**
     * Names the run that the holder will publish, so that whoever takes over a dead holder's lease
     * can prevent a late publication.
     */
    void announce(RunId id) throws IOException;

    /**
     * Reserves the id of a job that runs beside others. In a folder, the job's scratch folder
     * reserves it.
     *
     * @return false if a job on another machine has it
     */
    default boolean claim(RunId id) throws IOException {
      return true;
    }

    /**
     * Cancels the work when the lock is lost. Only a lease can be lost.
     *
     * @return ends the watch
     */
    Cancellation.Hook cancelWhenLost(Cancellation cancellation);

    /**
     * The loss of the lock, with its reason; empty if the lock is held, as far as this process
     * knows. Asks no server.
     */
    Optional<Problem> lost();

    /**
     * Called immediately before publishing.
     *
     * @throws io.parsecbackup.Problem when the lock was lost
     */
    void requireHeld() throws IOException;

    /**
     * Releases the lock of a job that runs on, but still shows the job to others until this is
     * closed. In a folder, a file in the job's scratch folder shows it.
     *
     * @param holder describes the job
     */
    default void releaseAndShow(RunId job, String holder) {
      close();
    }

    /**
     * As {@link #requireHeld}, for each of many small steps: asks the server only if it has not
     * confirmed the lock for about as long as a holder lets pass between two renewals. The storage
     * refuses each request of a holder that was stopped for too long.
     *
     * @throws io.parsecbackup.Problem when the lock was lost
     */
    default void requireHeldLately() throws IOException {
      requireHeld();
    }

    @Override
    void close();
  }

  /**
   * Takes the exclusive lock, or fails immediately.
   *
   * @param holder describes the run, for the error that other runs get
   * @throws io.parsecbackup.Problem of kind HELD when another run holds the lock
   */
  Held exclusive(String holder) throws IOException;

  /** Takes the shared lock, or fails immediately; otherwise as {@link #exclusive}. */
  Held shared(String holder) throws IOException;

  /**
   * Takes the lock of one part of a planned run, or fails immediately. It excludes only others that
   * work on the same part. A process holds one at most, and then no exclusive lock.
   *
   * @param name of the lock's file, see {@link Layout#partLock}
   * @param holder describes the part, for the error that others get
   * @throws io.parsecbackup.Problem of kind HELD when another process works on the part
   */
  Held ofPart(String name, String holder) throws IOException;

  /** Whether a process works on the part with this lock now. */
  boolean isPartHeld(String name) throws IOException;

  /** Whether a holder has claimed this id. In a folder, a file in its scratch folder shows it. */
  default boolean isClaimed(RunId id) throws IOException {
    return false;
  }

  /** Whether a run holds the exclusive lock now. */
  boolean isHeld() throws IOException;
}
