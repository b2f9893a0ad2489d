package io.parsecbackup.schedule;

import io.parsecbackup.Problem;
import io.parsecbackup.job.JobDocument;
import io.parsecbackup.job.JobState;
import java.io.IOException;
import java.util.List;

/**
 * A kind of job that has a schedule. A bean of this type is all that the schedules need to know of
 * it.
 */
public interface ScheduledJob {

  /** Its name in the log, and that of its ticker. */
  String name();

  /**
   * The schedule that is configured.
   *
   * @throws Problem of kind CONFIGURATION when the setting is wrong
   */
  Timetable timetable();

  /**
   * Checks all settings of the schedule by their text.
   *
   * @throws Problem of kind CONFIGURATION when one is wrong
   */
  default void checkSettings() {
    timetable();
  }

  /** Called once before the schedule starts. */
  default void prepare() {}

  /** The newest runs that are relevant to the schedule, newest first, a running one included. */
  List<PastRun> newest(int most) throws IOException;

  /** Whether the first run waits for a regular time; if not, it is due at once. */
  default boolean waitsForFirst() throws IOException {
    return true;
  }

  /**
   * Whether something happened in this process since the last call that may make the job due. If
   * not, the schedule reads the repository only now and then.
   */
  default boolean hasNews() {
    return false;
  }

  /** Whether such a job runs in this process. */
  boolean isRunning();

  /**
   * Starts such a job, and does not wait for its end.
   *
   * @throws Problem of kind NOT_FOUND when there is nothing to work on yet: this time is skipped;
   *     of any other kind when it cannot start: that is a failed try
   */
  void start();

  /**
   * Whether a run is relevant to a schedule that also counts what people start: one that the
   * schedule started, that is done, or that runs.
   */
  static boolean isRelevant(JobDocument run) {
    return run.startedBySchedule() || run.state().isDone() || run.state() == JobState.RUNNING;
  }
}
