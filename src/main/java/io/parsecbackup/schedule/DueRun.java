package io.parsecbackup.schedule;

import java.time.Instant;

/**
 * The next run that a schedule starts.
 *
 * @param at when; one that is not after now is to be started now
 * @param reason why
 */
public record DueRun(Instant at, Reason reason) {

  /** Why a run is due. */
  public enum Reason {
    /** A time of the timetable. */
    REGULAR,
    /** At least one time of the timetable passed while the service was down: made up by one run. */
    MISSED,
    /** The repository holds no backup, and the schedule has not tried yet. */
    FIRST,
    /** The last scheduled run failed. */
    RETRY
  }
}
