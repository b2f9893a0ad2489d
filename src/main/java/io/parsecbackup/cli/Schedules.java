package io.parsecbackup.cli;

import io.parsecbackup.schedule.BackupSchedule;
import io.parsecbackup.schedule.DrillSchedule;
import io.parsecbackup.schedule.VerifySchedule;
import jakarta.enterprise.context.ApplicationScoped;

/** The schedules of the service. */
@ApplicationScoped
public class Schedules {

  private final BackupSchedule backups;
  private final VerifySchedule verifications;
  private final DrillSchedule drills;

  public Schedules(BackupSchedule backups, VerifySchedule verifications, DrillSchedule drills) {
    this.backups = backups;
    this.verifications = verifications;
    this.drills = drills;
  }

  /** Starts all of them. */
  void start() {
    backups.start();
    verifications.start();
    drills.start();
  }
}
