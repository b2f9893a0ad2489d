package io.parsecbackup.job;

import io.parsecbackup.Cancellation;
import io.parsecbackup.Problem;
import io.parsecbackup.Problem.Kind;
import io.parsecbackup.repository.RepositoryLock;
import io.parsecbackup.repository.storage.RunId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * A job that was started: it has an id and holds the repository's lock. The caller that starts it
 * calls {@link #execute} or {@link #inBackground} once.
 *
 * @param <D> the document that describes it
 */
public final class Job<D extends JobDocument> {

  private static final Logger LOG = Logger.getLogger(Job.class);

  private final JobKind kind;
  private final Optional<Duration> limit;
  private final RepositoryLock lock;
  private final JobWork<D> work;
  private final Cancellation cancellation;
  private final Consumer<Job<?>> onEnd;
  private volatile boolean interrupted;
  private volatile @Nullable Thread background;

  /**
   * @param onEnd called when the job has ended
   */
  Job(
      JobStart<D> start,
      RepositoryLock lock,
      JobWork<D> work,
      Cancellation cancellation,
      Consumer<Job<?>> onEnd) {
    this.kind = start.kind();
    this.limit = start.limit();
    this.lock = lock;
    this.work = work;
    this.cancellation = cancellation;
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
    JobLog.LOG.infof("%s %s started", kind, id());
    try {
      JobEnd<D> end = executeAndRelease();
      work.log(end.document());
      return end;
    } finally {
      onEnd.accept(this);
    }
  }

  private JobEnd<D> executeAndRelease() {
    try (RepositoryLock held = lock) {
      JobEnd<D> end = end();
      // Before the record is written, because this frees space on a full disk.
      clear();
      record(end.document());
      return end;
    }
  }

  /** Does the work in a new thread. */
  public Job<D> inBackground() {
    try {
      background = Thread.ofPlatform().name(kind + "-" + id()).start(this::execute);
      return this;
    } catch (OutOfMemoryError e) {
      abandon();
      throw new Problem(
          Kind.INTERNAL,
          "cannot start a thread for the job. Raise the limit of processes, then try again: " + e,
          e);
    }
  }

  /** Waits for the end of a job in the background; returns whether it has ended. */
  boolean join(Duration patience) throws InterruptedException {
    Thread thread = background;
    return thread == null || thread.join(patience);
  }

  private void abandon() {
    try (RepositoryLock held = lock) {
      clear();
    } finally {
      onEnd.accept(this);
    }
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

  private Problem problem(Throwable failure) {
    return switch (failure) {
      case Problem problem -> problem;
      case UncheckedIOException disk -> DiskFailures.read(disk);
      case IOException disk -> DiskFailures.read(disk);
      default -> {
        LOG.errorf(failure, "%s %s: an internal error ended the job", kind, id());
        yield new Problem(
            Kind.INTERNAL,
            "an internal error ended the job: " + failure + ". Please report it with the log",
            failure);
      }
    };
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
