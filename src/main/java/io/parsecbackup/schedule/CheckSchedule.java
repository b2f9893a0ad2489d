package io.parsecbackup.schedule;

import io.parsecbackup.backup.BackupConfig;
import io.parsecbackup.job.JobHistory;
import io.parsecbackup.job.JobKind;
import io.parsecbackup.job.JobResult;
import io.parsecbackup.restore.JobService;
import java.io.IOException;
import java.time.ZoneId;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;

/**
 * What the schedules of verifications and drills share.
 *
 * @param history the recorded jobs of the kind
 * @param running whether one runs in this process
 */
record CheckSchedule(JobHistory history, BooleanSupplier running, ZoneId timeZone) {

  static CheckSchedule of(JobKind kind, JobService jobs, BackupConfig config) {
    return new CheckSchedule(jobs.history(kind), () -> jobs.isRunning(kind), config.timeZone());
  }

  /**
   * The timetable of a setting.
   *
   * @throws io.parsecbackup.Problem of kind CONFIGURATION when it is wrong
   */
  Timetable timetable(String key, String schedule) {
    return TimetableParser.parse(key, schedule, timeZone);
  }

  /** The newest jobs that match, newest first. */
  List<PastRun> newest(int most, Predicate<JobResult> matches) throws IOException {
    return history.newest(most, matches).stream().map(PastRun::of).toList();
  }

  boolean isRunning() {
    return running.getAsBoolean();
  }
}
