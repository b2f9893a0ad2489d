package io.parsecbackup.backup;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parsecbackup.Problem;
import io.parsecbackup.dump.DatabaseDumper;
import io.parsecbackup.job.JobState;
import io.parsecbackup.job.Trigger;
import io.parsecbackup.objectstore.fetch.BucketFetcher;
import io.parsecbackup.testing.Sidecar;
import io.parsecbackup.testing.SidecarStack;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.time.Clock;
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
  @Inject DatabaseDumper dumper;
  @Inject BucketFetcher sync;
  @Inject BackupConfig config;
  @Inject Clock clock;

  @BeforeEach
  void startAfresh() {
    sidecar.reset();
  }

  @AfterEach
  void quiet() {
    sidecar.proxy().reset();
  }

  @Test
  void endsTheRunningBackupAsFailedAndTakesNoOther() throws Exception {
    sidecar.holdObjects();
    Backups backups = backups();
    BackupRun run = backups.startInBackground(Trigger.SCHEDULE);

    long before = System.nanoTime();
    backups.stop();

    assertTrue(System.nanoTime() - before < Duration.ofSeconds(11).toNanos());
    assertTrue(backups.running().isEmpty());
    Backup ended = backups.find(run.id()).orElseThrow();
    assertEquals(JobState.FAILED, ended.state());
    assertTrue(ended.error().orElseThrow().contains("service was stopped"));
    assertFalse(backups.catalog().hasBackup());
    assertEquals(
        Problem.Kind.CANCELLED,
        assertThrows(Problem.class, () -> backups.startInBackground(Trigger.REST)).kind());
  }

  @Test
  void leavesACancelledBackupCancelled() throws Exception {
    sidecar.holdObjects();
    Backups backups = backups();
    BackupRun run = backups.startInBackground(Trigger.REST);

    run.cancel("asked to");
    backups.stop();

    assertEquals(JobState.CANCELLED, backups.find(run.id()).orElseThrow().state());
  }

  private Backups backups() {
    return new Backups(repositorySettings, sourceSettings, dumper, sync, config, clock);
  }
}
