package io.parsecbackup.job;

import io.parsecbackup.Cancellation;
import io.parsecbackup.Problem;
import io.parsecbackup.Problem.Kind;
import io.parsecbackup.repository.storage.RepositoryLocks;
import io.parsecbackup.repository.storage.RunId;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jboss.logging.Logger;

/**
 * A job that was started: it has an id and holds the repository's lock. The caller that starts it
 * calls {@link #execute} or {@link #inBackground} once, or {@link #close} if something else fails
 * before that.
 *
 * @param <D> the document that describes it
 */
public final class Job<D extends JobDocument> implements AutoCloseable {

  private static final Logger LOG = Logger.getLogger(Job.class);

  private final JobKind kind;
  private final Optional<Duration> limit;
  private final RepositoryLocks.Held lock;
  private final JobWork<D> work;
  private final Consumer<JobEnd<D>> follower;
  private final Cancellation cancellation;
  private final ThreadFactory threads;
  private final Consumer<Job<?>> onEnd;
  private final AtomicBoolean begun = new AtomicBoolean();
  private final CountDownLatch over = new CountDownLatch(1);
  private volatile boolean interrupted;
  private volatile boolean background;

  /**
   * @param threads makes the thread of a job in the background
   * @param onEnd called when the job has ended
   */
  Job(
      JobStart<D> start,
      RepositoryLocks.Held lock,
      JobWork<D> work,
      Cancellation cancellation,
      ThreadFactory threads,
      Consumer<Job<?>> onEnd) {
    this.kind = start.kind();
    this.limit = start.limit();
    this.lock = lock;
    this.work = work;
    this.follower = start::follow;
    this.cancellation = cancellation;
    this.threads = threads;
    this.onEnd = onEnd;
  }

  public RunId id() {
    return work.id();
  }

  public JobKind kind() {
    return kind;
  }

  /** The job's current state. */
  public D document() {
    return work.document();
  }

  /** Asks the job to end, which it does within seconds; a backup then publishes nothing. */
  public void cancel(String why) {
    cancellation.cancel(why);
  }

  /** As {@link #cancel}, but not on request: the job ends as failed, so a schedule retries it. */
  void interrupt(String why) {
    if (!cancellation.isCancelled()) {
      interrupted = true;
    }
    cancellation.cancel(why);
  }

  /** Does the work. Returns when the job has ended, however it ended; never throws. */
  public JobEnd<D> execute() {
    begin();
    return workToEnd();
  }

  private void begin() {
    if (!begun.compareAndSet(false, true)) {
      throw new IllegalStateException("the job " + kind + " has begun or is closed");
    }
  }

  private JobEnd<D> workToEnd() {
    try {
      JobEnd<D> end = executeAndRelease();
      work.log(end.document());
      return end;
    } finally {
      finish();
    }
  }

  private JobEnd<D> executeAndRelease() {
    try (RepositoryLocks.Held held = lock;
        Cancellation.Hook watch = held.cancelWhenLost(lost())) {
      JobLog.LOG.infof("%s %s started", kind, id());
      JobEnd<D> end = end();
      // Before the record is written, because this frees space on a full disk.
      clear();
      record(end.document());
      return end;
    }
  }

  /** Ends the job as failed when it is cancelled. */
  private Cancellation lost() {
    Cancellation lost = new Cancellation();
    lost.onCancel(() -> interrupt(lost.why().orElse("the lock of the repository was lost")));
    return lost;
  }

  /**
   * Does the work in a new thread.
   *
   * @throws Problem of kind INTERNAL if the thread cannot start; the job has ended then
   */
  public Job<D> inBackground() {
    begin();
    try {
      Thread thread = threads.newThread(() -> follower.accept(workToEnd()));
      thread.setName(kind + "-" + id());
      background = true;
      thread.start();
      return this;
    } catch (OutOfMemoryError e) {
      abandon();
      throw new Problem(
          Kind.INTERNAL,
          "cannot start a thread for the job. Raise the limit of processes, then try again: " + e,
          e);
    } catch (RuntimeException | Error e) {
      abandon();
      throw e;
    }
  }

  /** Ends the job, unless its work has begun: releases the repository and records nothing. */
  @Override
  public void close() {
    if (begun.compareAndSet(false, true)) {
      abandon();
    }
  }

  /** Waits for the end of a job in the background; returns whether it has ended. */
  boolean join(Duration patience) throws InterruptedException {
    return !background || over.await(patience.toNanos(), TimeUnit.NANOSECONDS);
  }

  private void abandon() {
    try (RepositoryLocks.Held held = lock) {
      clear();
    } finally {
      finish();
    }
  }

  private void finish() {
    onEnd.accept(this);
    over.countDown();
  }

  /** The one place where jobs of all kinds end. */
  private JobEnd<D> end() {
    try (RunTimeout timeout = new RunTimeout(limit, this::interrupt)) {
      // A cancellation is not checked after this: finished work is reported as finished.
      return new JobEnd<>(work.run(cancellation), Optional.empty());
    } catch (Throwable e) {
      Problem problem = problem(e);
      boolean cancelled = problem.kind() == Kind.CANCELLED && !interrupted;
      return new JobEnd<>(
          work.ended(cancelled ? JobState.CANCELLED : JobState.FAILED, problem),
          Optional.of(problem));
    }
  }

  /**
   * If the lock was lost, anything that failed is a consequence: the work was cancelled, or the run
   * that took the lock over has removed its files. But a lost lock does not prove that nothing was
   * published.
   */
  private Problem problem(Throwable failure) {
    if (failure instanceof Problem undecided && undecided.kind() == Kind.UNDECIDED) {
      return undecided;
    }
    return lock.lost().orElseGet(() -> JobFailure.problem(kind + " " + id(), failure));
  }

  private void clear() {
    try {
      work.clear();
    } catch (IOException | RuntimeException | Error e) {
      // The record must be written and the lock released, whatever else fails.
      LOG.warnf(
          "%s %s: cannot remove its scratch folder; the next run removes it: %s", kind, id(), e);
    }
  }

  private void record(D ended) {
    try {
      work.record(ended);
    } catch (IOException | RuntimeException | Error e) {
      LOG.errorf("%s %s: cannot write its record: %s", kind, id(), e);
    }
  }
}
