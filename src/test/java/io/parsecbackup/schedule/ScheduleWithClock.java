package io.parsecbackup.schedule;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.parsecbackup.backup.Backup;
import io.parsecbackup.backup.BackupConfig;
import io.parsecbackup.backup.BackupService;
import io.parsecbackup.job.JobState;
import io.parsecbackup.repository.Repository;
import io.parsecbackup.repository.storage.folder.FolderStorage;
import io.parsecbackup.repository.storage.folder.StableStorage;
import io.parsecbackup.testing.SettableClock;
import io.parsecbackup.testing.Sidecar;
import io.quarkus.scheduler.Scheduler;
import io.smallrye.config.SmallRyeConfigBuilder;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** Real backups, started by a schedule whose clock a test sets. */
abstract class ScheduleWithClock {

  static final Duration MINUTE = Duration.ofMinutes(1);

  @SuppressWarnings("NullAway.Init") // Filled by SidecarStack.
  Sidecar sidecar;

  @Inject BackupService backups;
  @Inject SettableClock clock;
  @Inject Scheduler scheduler;

  @BeforeEach
  void startAfresh() {
    sidecar.reset();
    clock.reset();
  }

  @AfterEach
  void quiet() {
    backups.running().ifPresent(run -> run.cancel("the test is over"));
    awaitEnd();
    sidecar.proxy().reset();
    clock.reset();
  }

  final ScheduleTicker ticker(JobSchedule schedule) {
    return new ScheduleTicker(schedule, clock, scheduler);
  }

  final JobSchedule schedule(String text) {
    BackupConfig config =
        new SmallRyeConfigBuilder()
            .addDiscoveredConverters()
            .withMapping(BackupConfig.class)
            .withDefaultValue("parsec.backup.schedule", text)
            .withValidateUnknown(false)
            .build()
            .getConfigMapping(BackupConfig.class);
    return new JobSchedule(new ScheduledBackup(backups, config), clock);
  }

  final void takeOne() throws Exception {
    schedule("every 6h").tick();
    awaitEnd();
    assertEquals(JobState.COMPLETE, onlyRun().state());
  }

  final Repository repository() {
    return Repository.at(new FolderStorage(sidecar.repository(), new StableStorage()));
  }

  final List<Backup> runs() throws Exception {
    return backups.newest(100);
  }

  final Backup onlyRun() throws Exception {
    List<Backup> runs = runs();
    assertEquals(1, runs.size(), runs.toString());
    return runs.getFirst();
  }

  final void awaitEnd() {
    Awaitility.await()
        .atMost(Duration.ofSeconds(60))
        .pollInterval(Duration.ofMillis(20))
        .until(() -> backups.running().isEmpty());
  }
}
