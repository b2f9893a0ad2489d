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
 * Looks at the settings that backups need, by their text alone: a service with a wrong one ends at
 * once instead of at two in the morning.
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
   * Does nothing when all is well. A variable that is no setting is warned of in the log.
   *
   * @throws Problem that names the first setting that is not
   */
  public void run() {
    List<String> unknown = unknownVariables();
    if (!unknown.isEmpty()) {
      // First: the setting that is missing below may be the one that is misspelt.
      LOG.warnf("no settings of this program, and without effect: %s", String.join(", ", unknown));
    }
    later.refuse();
    source.database();
    source.blockstore();
    repository.repository();
    // Made from its settings, which it checks.
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

  /** Variables that look like settings of this program and are none. */
  public List<String> unknownVariables() {
    return UnknownVariables.among(System.getenv().keySet());
  }

  private static void requirePositive(String key, Duration value) {
    if (!value.isPositive()) {
      throw new Problem(
          Problem.Kind.CONFIGURATION,
          key + " is " + value + ": right would be a time such as 24h, 30m, 10s");
    }
  }
}
