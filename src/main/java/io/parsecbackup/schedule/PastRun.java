package io.parsecbackup.schedule;

import io.parsecbackup.job.JobResult;
import io.parsecbackup.job.JobState;
import java.time.Instant;

/**
 * One run of a scheduled job, as far as the schedule has to know it.
 *
 * @param startedAt when it began, by our clock; never read from a run's id, which may be ahead of
 *     the clock
 * @param finishedAt when it ended; while {@code RUNNING} it is not looked at
 * @param scheduled whether the schedule started it (regular, made up or repeated), not a person or
 *     a program
 */
public record PastRun(Instant startedAt, Instant finishedAt, Outcome outcome, boolean scheduled) {

  static PastRun of(JobResult job) {
    return new PastRun(
        job.startedAt(),
        job.finishedAt().orElse(job.startedAt()),
        Outcome.of(job.state()),
        job.startedBySchedule());
  }

  /** What became of a run. */
  public enum Outcome {
    /** Going now, in this process. Not: a record left by a process that died. */
    RUNNING,
    /** Published; of a verification or a drill: done, and all is well. */
    COMPLETE,
    /**
     * Published, with objects missing, or done, with damage found. Another run would hardly find
     * anything else, so it is not repeated.
     */
    INCOMPLETE,
    /**
     * Nothing came of it: an error, another run that held the repository, or the service's own stop
     * or death.
     */
    FAILED,
    /** Stopped on request: a person's decision, so it is not repeated. */
    CANCELLED,
    /** Not begun, because there was nothing to work on. The next regular time will do. */
    PASSED_OVER;

    static Outcome of(JobState state) {
      return switch (state) {
        case RUNNING -> RUNNING;
        case COMPLETE -> COMPLETE;
        case INCOMPLETE -> INCOMPLETE;
        case FAILED -> FAILED;
        case CANCELLED -> CANCELLED;
      };
    }

    boolean published() {
      return this == COMPLETE || this == INCOMPLETE;
    }
  }
}
