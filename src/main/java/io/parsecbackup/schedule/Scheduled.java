package io.parsecbackup.schedule;

import io.parsecbackup.Problem;
import java.io.IOException;
import java.util.List;

/** A job with a schedule of its own: all that the schedules of different jobs differ in. */
interface Scheduled {

  /** Its name in the log, and that of its beat. */
  String name();

  /**
   * The schedule that is configured.
   *
   * @throws Problem of kind CONFIGURATION when its text is wrong
   */
  Timetable timetable();

  /** Its newest runs that concern the schedule, newest first, the one that is going included. */
  List<PastRun> newest(int most) throws IOException;

  /** Whether there is a first run to wait for; where not, one is due at once. */
  boolean waitsForFirst() throws IOException;

  /** Whether one is going in this process. */
  boolean isRunning();

  /**
   * Starts one, and does not wait for its end.
   *
   * @throws Problem of kind NOT_FOUND when there is nothing yet that it could work on: this time is
   *     passed over; of any other kind when it failed to begin: that is a failed try
   */
  void start();
}
