package io.parsecbackup.schedule;

import io.parsecbackup.job.JobDocument;
import io.parsecbackup.job.JobState;
import java.time.Instant;

/**
 * One run of a scheduled job, as far as the schedule needs to know it.
 *
 * @param startedAt by our clock; never read from a run's id, which may be ahead of the clock
 * @param finishedAt when it ended; ignored while {@code RUNNING}
 * @param scheduled whether the schedule started it (on time, late or as a retry), not a person or a
 *     program
 */
public record PastRun(Instant startedAt, Instant finishedAt, Outcome outcome, boolean scheduled) {

  static PastRun of(JobDocument job) {
    return new PastRun(
        job.startedAt(),
        job.finishedAt().orElse(job.startedAt()),
        Outcome.of(job.state()),
        job.startedBySchedule());
  }

  /** How a run ended. */
  public enum Outcome {
    /** Runs now. Not the record of a process that died. */
    RUNNING,
    /** Done, no problems found; a backup is published. */
    COMPLETE,
    /**
     * Done, but objects are missing or damaged. Another run would find the same, so there is no
     * retry.
     */
    INCOMPLETE,
    /**
     * Not done: an error, another job that had the repository, or the service stopped or was
     * killed.
     */
    FAILED,
    /** Cancelled: a person decided so, and there is no retry. */
    CANCELLED,
    /** Not started, because there was nothing to work on. It waits for the next regular time. */
    SKIPPED;

    static Outcome of(JobState state) {
      return switch (state) {
        case RUNNING -> RUNNING;
        case COMPLETE -> COMPLETE;
        case INCOMPLETE -> INCOMPLETE;
        case FAILED -> FAILED;
        case CANCELLED -> CANCELLED;
      };
    }

    boolean done() {
      return this == COMPLETE || this == INCOMPLETE;
    }
  }
}
