package io.parsecbackup.schedule;

import java.time.Instant;

/**
 * The next run that a schedule starts.
 *
 * @param at when the run starts; at once if this is not in the future
 * @param reason why the run is due
 */
public record DueRun(Instant at, Reason reason) {

  /** Why a run is due. */
  public enum Reason {
    /** A time of the timetable. */
    REGULAR,
    /**
     * At least one time of the timetable passed while the service was down. One run replaces them.
     */
    MISSED,
    /** The repository holds no backup, and the schedule has not tried yet. */
    FIRST,
    /** The last scheduled run failed. */
    RETRY
  }
}
