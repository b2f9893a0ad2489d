package io.parsecbackup.schedule;

import io.parsecbackup.backup.BackupConfig;
import io.parsecbackup.backup.BackupService;
import io.parsecbackup.copy.CopyConfig;
import io.parsecbackup.repository.storage.folder.StableStorage;
import io.parsecbackup.restore.DrillConfig;
import io.parsecbackup.restore.JobService;
import io.parsecbackup.restore.VerifyConfig;
import io.parsecbackup.testing.PlainCore;
import io.smallrye.config.SmallRyeConfig;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** The kinds of jobs that have schedules, with settings that a test chooses. */
public final class ScheduledKinds {

  private ScheduledKinds() {}

  /** As Quarkus injects them. */
  public static List<ScheduledJob> of(SmallRyeConfig config) {
    Path nowhere = Path.of("/nowhere");
    BackupService backups = PlainCore.backups(nowhere, Map.of(), new StableStorage());
    JobService jobs = PlainCore.jobs(nowhere, Map.of());
    BackupConfig backup = config.getConfigMapping(BackupConfig.class);
    return List.of(
        new ScheduledBackup(backups, backup),
        new ScheduledVerification(jobs, config.getConfigMapping(VerifyConfig.class), backup),
        new ScheduledDrill(jobs, config.getConfigMapping(DrillConfig.class), backup),
        new ScheduledCopy(
            PlainCore.copies(nowhere, "", new StableStorage()),
            jobs,
            backups,
            config.getConfigMapping(CopyConfig.class),
            backup));
  }
}
