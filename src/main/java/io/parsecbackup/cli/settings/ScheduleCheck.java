package io.parsecbackup.cli.settings;

import io.parsecbackup.Problem;
import io.parsecbackup.backup.BackupConfig;
import io.parsecbackup.restore.DrillConfig;
import io.parsecbackup.restore.VerifyConfig;
import io.parsecbackup.schedule.BackupSchedule;
import io.parsecbackup.schedule.DrillSchedule;
import io.parsecbackup.schedule.VerifySchedule;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;

/** Checks when jobs run, and for how long. */
@ApplicationScoped
public class ScheduleCheck {

  private final BackupConfig backup;
  private final VerifyConfig verify;
  private final DrillConfig drill;

  public ScheduleCheck(BackupConfig backup, VerifyConfig verify, DrillConfig drill) {
    this.backup = backup;
    this.verify = verify;
    this.drill = drill;
  }

  /**
   * Checks the schedules and time limits.
   *
   * @throws Problem that names the first invalid setting
   */
  public void run() {
    BackupSchedule.timetable(backup);
    VerifySchedule.timetable(verify, backup.timeZone());
    VerifySchedule.subset(verify);
    DrillSchedule.timetable(drill, backup.timeZone());
    requirePositive("parsec.backup.run-timeout", backup.runTimeout());
    backup.maxAge().ifPresent(age -> requirePositive("parsec.backup.max-age", age));
  }

  private static void requirePositive(String key, Duration value) {
    if (!value.isPositive()) {
      throw new Problem(
          Problem.Kind.CONFIGURATION,
          key + " is " + value + ": expected a duration such as 24h, 30m, 10s");
    }
  }
}
