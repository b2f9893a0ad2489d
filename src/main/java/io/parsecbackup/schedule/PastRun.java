package io.parsecbackup.schedule;

import java.time.Instant;

/**
 * One backup run, as far as the schedule has to know it.
 *
 * @param startedAt when it began, by our clock; never read from a backup's id, which may be ahead
 *     of the clock
 * @param finishedAt when it ended; while {@code RUNNING} it is not looked at
 * @param scheduled whether the schedule started it (regular, made up or repeated), not a person or
 *     a program
 */
public record PastRun(Instant startedAt, Instant finishedAt, Outcome outcome, boolean scheduled) {

  /** What became of a run. */
  public enum Outcome {
    /** Going now, in this process. Not: a record left by a process that died. */
    RUNNING,
    /** Published. */
    COMPLETE,
    /**
     * Published, with objects missing. Another run would hardly find them, so it is not repeated.
     */
    INCOMPLETE,
    /**
     * Nothing published: an error, another run that held the repository, or the service's own stop
     * or death.
     */
    FAILED,
    /** Stopped on request: a person's decision, so it is not repeated. */
    CANCELLED;

    boolean published() {
      return this == COMPLETE || this == INCOMPLETE;
    }
  }
}
