package io.parsecbackup.cli.settings;

import io.parsecbackup.Problem;
import io.parsecbackup.backup.BackupConfig;
import io.parsecbackup.restore.Drill;
import io.parsecbackup.schedule.ScheduledJob;
import io.parsecbackup.schedule.Timetable;
import io.quarkus.arc.All;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.List;

/** Checks when jobs run, and for how long. */
@ApplicationScoped
public class ScheduleCheck {

  private final BackupConfig backup;
  private final List<ScheduledJob> scheduled;

  public ScheduleCheck(BackupConfig backup, @All List<ScheduledJob> scheduled) {
    this.backup = backup;
    this.scheduled = scheduled;
  }

  /**
   * Checks the schedules and time limits.
   *
   * @throws Problem that names the first invalid setting
   */
  public void run() {
    scheduled.forEach(ScheduledJob::checkSettings);
    requirePositive("parsec.backup.run-timeout", backup.runTimeout());
    backup.maxAge().ifPresent(age -> requirePositive("parsec.backup.max-age", age));
  }

  /**
   * Checks that no drills are scheduled, because there are no dumps.
   *
   * @throws Problem that names the setting
   */
  void requireNoDrills() {
    for (ScheduledJob job : scheduled) {
      if (job.name().equals(Drill.KIND.word()) && !(job.timetable() instanceof Timetable.Off)) {
        throw new Problem(
            Problem.Kind.CONFIGURATION,
            "parsec.backup.drill.schedule cannot be used with parsec.backup.dump.format=none,"
                + " because there is no dump to restore. Set it to off, and test restores with the"
                + " tool that backs up the database");
      }
    }
  }

  private static void requirePositive(String key, Duration value) {
    if (!value.isPositive()) {
      throw new Problem(
          Problem.Kind.CONFIGURATION,
          key + " is " + value + ": expected a duration such as 24h, 30m, 10s");
    }
  }
}
