package io.parsecbackup.cli.settings;

import io.parsecbackup.Problem;
import io.parsecbackup.backup.BackupSource;
import io.parsecbackup.backup.RepositorySettings;
import io.parsecbackup.backup.SourceSettings;
import io.parsecbackup.backup.UnsupportedSettings;
import io.parsecbackup.copy.CopySettings;
import io.parsecbackup.dump.DatabaseDumper;
import io.parsecbackup.objectstore.s3.CaBundle;
import io.parsecbackup.repository.encryption.IdentityFile;
import io.parsecbackup.restore.DrillConfig;
import io.parsecbackup.retention.RetentionSettings;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import org.jboss.logging.Logger;

/**
 * Checks the settings that backups need, without contacting anything: a service with an invalid
 * setting fails at the start instead of at the first backup.
 */
@ApplicationScoped
public class StartupCheck {

  private static final Logger LOG = Logger.getLogger(StartupCheck.class);

  private final UnsupportedSettings later;
  private final SourceSettings source;
  private final RepositorySettings repository;
  private final DatabaseDumper dumper;
  private final CopySettings copies;
  private final ScheduleCheck schedules;
  private final RetentionSettings retention;

  public StartupCheck(
      UnsupportedSettings later,
      SourceSettings source,
      RepositorySettings repository,
      DatabaseDumper dumper,
      CopySettings copies,
      ScheduleCheck schedules,
      RetentionSettings retention) {
    this.later = later;
    this.source = source;
    this.repository = repository;
    this.dumper = dumper;
    this.copies = copies;
    this.schedules = schedules;
    this.retention = retention;
  }

  /**
   * Checks all settings, and logs a warning for each unknown variable.
   *
   * @throws Problem that names the first invalid setting
   */
  public void run() {
    runForBackup();
    dumper.encryption().identities().ifPresent(IdentityFile::check);
  }

  /**
   * As {@link #run}, without the file of identities: a backup needs none, and the prune that
   * follows it says what it could not do without one.
   */
  public void runForBackup() {
    List<String> unknown = unknownVariables();
    if (!unknown.isEmpty()) {
      // First, because a setting that is missing below may be misspelt.
      LOG.warnf("unknown settings, without effect: %s", String.join(", ", unknown));
    }
    later.refuse();
    source.database();
    // The dumper's constructor checks its settings.
    BackupSource.of(source, dumper);
    source.requireOutside(RepositorySettings.KEY, repository.repository());
    copies.copies();
    schedules.run();
    if (!dumper.takesDumps()) {
      schedules.requireNoDrills();
    }
    retention.check();
    source.database(DrillConfig.DATABASE_KEY);
    CaBundle.fromEnvironment(System.getenv());
  }

  /** Variables that look like settings of this program but are not. */
  public List<String> unknownVariables() {
    return UnknownVariables.among(System.getenv().keySet());
  }
}
