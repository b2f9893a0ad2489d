package io.parsecbackup.cli.settings;

import io.parsecbackup.Problem;
import io.parsecbackup.backup.BackupConfig;
import io.parsecbackup.backup.LaterSettings;
import io.parsecbackup.backup.RepositorySettings;
import io.parsecbackup.backup.SourceSettings;
import io.parsecbackup.dump.DatabaseDumper;
import io.parsecbackup.objectstore.s3.CaBundle;
import io.parsecbackup.restore.DrillConfig;
import io.parsecbackup.restore.VerifyConfig;
import io.parsecbackup.schedule.BackupSchedule;
import io.parsecbackup.schedule.DrillSchedule;
import io.parsecbackup.schedule.VerifySchedule;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.List;
import org.jboss.logging.Logger;

/**
 * Checks the settings that backups need, without contacting anything: a service with an invalid
 * setting fails at the start instead of at the first backup.
 */
@ApplicationScoped
public class StartupCheck {

  private static final Logger LOG = Logger.getLogger(StartupCheck.class);

  private final LaterSettings later;
  private final SourceSettings source;
  private final RepositorySettings repository;
  private final DatabaseDumper dumper;
  private final BackupConfig backup;
  private final VerifyConfig verify;
  private final DrillConfig drill;

  public StartupCheck(
      LaterSettings later,
      SourceSettings source,
      RepositorySettings repository,
      DatabaseDumper dumper,
      BackupConfig backup,
      VerifyConfig verify,
      DrillConfig drill) {
    this.later = later;
    this.source = source;
    this.repository = repository;
    this.dumper = dumper;
    this.backup = backup;
    this.verify = verify;
    this.drill = drill;
  }

  /**
   * Checks all settings, and logs a warning for each unknown variable.
   *
   * @throws Problem that names the first invalid setting
   */
  public void run() {
    List<String> unknown = unknownVariables();
    if (!unknown.isEmpty()) {
      // First, because a setting that is missing below may be misspelt.
      LOG.warnf("unknown settings, without effect: %s", String.join(", ", unknown));
    }
    later.refuse();
    source.database();
    source.blockstore();
    repository.repository();
    // Its constructor checks its settings.
    dumper.format();
    BackupSchedule.timetable(backup);
    VerifySchedule.timetable(verify, backup.timeZone());
    VerifySchedule.subset(verify);
    DrillSchedule.timetable(drill, backup.timeZone());
    source.database(DrillConfig.DATABASE_KEY);
    requirePositive("parsec.backup.run-timeout", backup.runTimeout());
    backup.maxAge().ifPresent(age -> requirePositive("parsec.backup.max-age", age));
    CaBundle.fromEnvironment(System.getenv());
  }

  /** Variables that look like settings of this program but are not. */
  public List<String> unknownVariables() {
    return UnknownVariables.among(System.getenv().keySet());
  }

  private static void requirePositive(String key, Duration value) {
    if (!value.isPositive()) {
      throw new Problem(
          Problem.Kind.CONFIGURATION,
          key + " is " + value + ": expected a duration such as 24h, 30m, 10s");
    }
  }
}
