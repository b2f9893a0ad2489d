package io.parsecbackup.backup;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parsecbackup.Problem;
import io.parsecbackup.job.Job;
import io.parsecbackup.job.JobRunner;
import io.parsecbackup.job.JobState;
import io.parsecbackup.job.Trigger;
import io.parsecbackup.testing.Sidecar;
import io.parsecbackup.testing.SidecarStack;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@QuarkusTest
@WithTestResource(SidecarStack.class)
class ServiceStopTest {

  @SuppressWarnings("NullAway.Init") // Filled by SidecarStack.
  Sidecar sidecar;

  @Inject RepositorySettings repositorySettings;
  @Inject SourceSettings sourceSettings;
  @Inject BackupTools tools;

  private final JobRunner runner = new JobRunner();

  @BeforeEach
  void startAfresh() {
    sidecar.reset();
  }

  @AfterEach
  void quiet() {
    sidecar.proxy().reset();
  }

  @Test
  void endsTheRunningBackupAsFailedAndStartsNoOther() throws Exception {
    sidecar.holdObjects();
    BackupService backups = backups();
    Job<Backup> run = backups.start(Trigger.SCHEDULE).inBackground();

    long before = System.nanoTime();
    runner.stop();

    assertTrue(System.nanoTime() - before < Duration.ofSeconds(11).toNanos());
    assertTrue(backups.running().isEmpty());
    Backup ended = backups.find(run.id()).orElseThrow();
    assertEquals(JobState.FAILED, ended.state());
    assertTrue(ended.error().orElseThrow().contains("service was stopped"));
    assertFalse(backups.catalog().hasBackup());
    assertEquals(
        Problem.Kind.CANCELLED,
        assertThrows(Problem.class, () -> backups.start(Trigger.REST).inBackground()).kind());
  }

  @Test
  void leavesACancelledBackupCancelled() throws Exception {
    sidecar.holdObjects();
    BackupService backups = backups();
    Job<Backup> run = backups.start(Trigger.REST).inBackground();

    run.cancel("asked to");
    runner.stop();

    assertEquals(JobState.CANCELLED, backups.find(run.id()).orElseThrow().state());
  }

  private BackupService backups() {
    return new BackupService(runner, repositorySettings, sourceSettings, tools);
  }
}
