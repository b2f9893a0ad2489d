package io.parsecbackup.restore;

import io.parsecbackup.Problem;
import io.parsecbackup.Problem.Kind;
import io.parsecbackup.job.DiskFailures;
import io.parsecbackup.job.JobKind;
import io.parsecbackup.job.JobResult;
import io.parsecbackup.job.JobState;
import io.parsecbackup.job.Json;
import io.parsecbackup.job.RunTimeout;
import io.parsecbackup.repository.CheckRecords;
import io.parsecbackup.repository.RepositoryLock;
import io.parsecbackup.repository.storage.RunId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Optional;
import org.jboss.logging.Logger;

/** A verification, drill or restore: it shares the repository from its first step to its last. */
public final class Job {

  private static final Logger LOG = Logger.getLogger(Job.class);

  /** What is done between the begin, which is always the same, and the end. */
  interface Work {
    void run(JobSpace space) throws IOException;
  }

  private final JobKind kind;
  private final JobSpace space;
  private final RepositoryLock lock;
  private final Work work;
  private final Duration limit;
  private volatile boolean interrupted;

  /**
   * @param limit a job that takes longer is ended as failed: no backup is taken while one goes on
   */
  Job(JobKind kind, JobSpace space, RepositoryLock lock, Work work, Duration limit) {
    this.kind = kind;
    this.space = space;
    this.lock = lock;
    this.work = work;
    this.limit = limit;
  }

  public RunId id() {
    return space.scratch().id();
  }

  public JobKind kind() {
    return kind;
  }

  /** How it stands. */
  public JobResult result() {
    return space.report().running();
  }

  /** Asks the job to end; it does so within seconds. */
  public void cancel(String why) {
    space.cancellation().cancel(why);
  }

  /** As {@link #cancel}, but nobody wanted that: the job counts as failed, to be made up. */
  void interrupt(String why) {
    if (!space.cancellation().isCancelled()) {
      interrupted = true;
    }
    cancel(why);
  }

  /** Lets go of all that it holds, in place of {@link #execute}; nothing was done. */
  void abandon() {
    try (RepositoryLock held = lock) {
      clear();
    }
  }

  /** Does the work. Whatever happens is in the result, and in the repository's record of it. */
  JobEnd execute() {
    record(result());
    try (RepositoryLock held = lock;
        RunTimeout timeout = new RunTimeout(limit, space.cancellation())) {
      JobEnd end;
      try {
        // No look at the cancellation behind it: what is done is done, and is to be said.
        work.run(space);
        end = new JobEnd(space.report().done(), Optional.empty());
      } catch (IOException | RuntimeException | Error e) {
        Problem problem = problem(e);
        boolean cancelled = problem.kind() == Kind.CANCELLED && !timeout.isOver() && !interrupted;
        end =
            new JobEnd(
                space.report().ended(cancelled ? JobState.CANCELLED : JobState.FAILED, problem),
                Optional.of(problem));
      }
      clear();
      record(end.result());
      return end;
    }
  }

  private static Problem problem(Throwable failure) {
    return switch (failure) {
      case Problem problem -> problem;
      case UncheckedIOException disk -> DiskFailures.read(disk);
      case IOException disk -> DiskFailures.read(disk);
      default -> {
        LOG.error("a fault of this program ended the job", failure);
        yield new Problem(
            Kind.INTERNAL,
            "a fault of this program ended the job: " + failure + ". Please report it with the log",
            failure);
      }
    };
  }

  private void clear() {
    try {
      space.scratch().close();
    } catch (IOException | RuntimeException | Error e) {
      LOG.warnf("the scratch of job %s could not be cleared, the next run does it: %s", id(), e);
    }
  }

  private void record(JobResult result) {
    if (!space.scratch().isWritable()) {
      return;
    }
    try {
      space.repository().checks().write(new CheckRecords.Name(id(), kind.word()), Json.of(result));
    } catch (IOException | RuntimeException | Error e) {
      LOG.errorf("the record of job %s could not be written: %s", id(), e);
    }
  }
}
