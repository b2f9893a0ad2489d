package io.parsecbackup.schedule;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parsecbackup.backup.Backup;
import io.parsecbackup.job.JobState;
import io.parsecbackup.repository.Repository;
import io.parsecbackup.repository.storage.RepositoryLocks;
import io.parsecbackup.repository.storage.RunId;
import io.parsecbackup.testing.SidecarStack;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The schedule after runs that published nothing. */
@QuarkusTest
@WithTestResource(SidecarStack.class)
class BackupScheduleFailuresTest extends ScheduleWithClock {

  @Test
  void repeatsAFailedRunAfterFiveMinutes() throws Exception {
    sidecar.refuseListing();
    JobSchedule schedule = schedule("every 6h");
    schedule.tick();
    awaitEnd();
    assertEquals(JobState.FAILED, onlyRun().state());

    sidecar.proxy().reset();
    clock.advance(Duration.ofMinutes(4));
    schedule.tick();
    assertEquals(1, runs().size());
    clock.advance(Duration.ofMinutes(2));
    schedule.tick();
    awaitEnd();

    assertEquals(JobState.COMPLETE, runs().getFirst().state());
    assertEquals(2, runs().size());
  }

  @Test
  void treatsALockedRepositoryAsAFailureAndDoesNotRetryTooOften() throws Exception {
    JobSchedule schedule = schedule("every 6h");
    try (RepositoryLocks.Held held = repository().lock("an adopt")) {
      for (int i = 0; i < 20; i++) {
        schedule.tick();
      }
      assertEquals(List.of(), runs());
      Duration until = Duration.between(clock.instant(), schedule.nextRun().orElseThrow());
      assertTrue(until.compareTo(Duration.ofMinutes(4)) > 0, until.toString());
    }
    clock.advance(Duration.ofMinutes(6));
    schedule.tick();
    awaitEnd();

    assertEquals(JobState.COMPLETE, onlyRun().state());
  }

  @Test
  void startsOnlyDueRunsWhileTheRepositoryCannotBeRead() throws Exception {
    takeOne();
    JobSchedule schedule = schedule("every 6h");
    schedule.tick();
    Instant next = schedule.nextRun().orElseThrow();
    Path runs = sidecar.repository().resolve("runs");
    Path aside = sidecar.repository().resolve("aside");
    Files.move(runs, aside);
    Files.writeString(runs, "no folder");

    clock.advance(MINUTE.multipliedBy(2));
    schedule.tick();

    assertEquals(next, schedule.nextRun().orElseThrow());
    Files.delete(runs);
    Files.move(aside, runs);
    assertEquals(1, runs().size());
  }

  @Test
  void doesNotRepeatARunThatAPersonCancelled() throws Exception {
    sidecar.holdObjects();
    JobSchedule schedule = schedule("every 6h");
    schedule.tick();
    backups.running().orElseThrow().cancel("asked to");
    awaitEnd();
    clock.advance(Duration.ofHours(2));
    schedule.tick();

    assertEquals(JobState.CANCELLED, onlyRun().state());
  }

  @Test
  void treatsARunOfADeadProcessAsAFailure() throws Exception {
    Instant died = clock.instant().minus(Duration.ofMinutes(10)).truncatedTo(ChronoUnit.SECONDS);
    leaveRunning(died);
    JobSchedule schedule = schedule("every 6h");

    assertEquals(died.plus(Duration.ofMinutes(5)), schedule.nextRun().orElseThrow());
    schedule.tick();
    awaitEnd();

    assertEquals(
        List.of(JobState.COMPLETE, JobState.FAILED), runs().stream().map(Backup::state).toList());
  }

  /** Writes the record that a process leaves if it is killed during a run. */
  private void leaveRunning(Instant startedAt) throws Exception {
    Repository repository = repository();
    Files.createDirectories(Path.of(repository.storage().location()).resolve("tmp"));
    try (RepositoryLocks.Held lock = repository.lock("one that will die")) {
      String json =
          """
          {"id":"%s","state":"running","trigger":"schedule","startedAt":"%s","seal":""}\
          """
              .formatted(RunId.at(startedAt), startedAt);
      var document =
          (com.fasterxml.jackson.databind.node.ObjectNode)
              new com.fasterxml.jackson.databind.ObjectMapper()
                  .readTree(json.getBytes(StandardCharsets.UTF_8));
      repository.runs().write(RunId.at(startedAt), document);
    }
    assertFalse(repository.isHeld());
  }
}
