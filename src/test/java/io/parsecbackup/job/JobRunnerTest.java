package io.parsecbackup.job;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parsecbackup.Cancellation;
import io.parsecbackup.Problem;
import io.parsecbackup.repository.Repository;
import io.parsecbackup.repository.storage.RepositoryLocks;
import io.parsecbackup.repository.storage.RunId;
import io.parsecbackup.repository.storage.folder.FolderStorage;
import io.parsecbackup.repository.storage.folder.StableStorage;
import io.parsecbackup.testing.NoLock;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Starts that fail, and a stop of the service meanwhile. */
@Timeout(60)
class JobRunnerTest {

  private static final JobKind KIND = new JobKind("verify");
  private static final RunId ID = RunId.at(Instant.parse("2026-11-25T02:00:00Z"));
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  /** No system has the memory for this stack, so the thread cannot start. */
  private static final long STACK = 1L << 50;

  @TempDir Path folder;
  private Repository repository;

  @BeforeEach
  void open() {
    repository =
        Repository.at(new FolderStorage(folder.resolve("repository"), new StableStorage()));
  }

  private static JobRunner runner(Duration patience) {
    return new JobRunner(Thread.ofPlatform().factory(), patience);
  }

  /** A job that does nothing. Tests override what fails. */
  private static class Work implements JobWork<JobResult> {

    final AtomicInteger cleared = new AtomicInteger();
    final JobReport report =
        new JobReport(ID.text(), KIND, Optional.of(Trigger.CLI), Clock.systemUTC());

    @Override
    public RunId id() {
      return ID;
    }

    @Override
    public JobResult document() {
      return report.running();
    }

    @Override
    public JobResult run(Cancellation cancellation) {
      return report.done();
    }

    @Override
    public JobResult ended(JobState state, Problem problem) {
      return report.ended(state, problem);
    }

    @Override
    public void clear() {
      cleared.incrementAndGet();
    }

    @Override
    public void record(JobResult ended) {}

    @Override
    public void log(JobResult ended) {}
  }

  /** Its start; tests override what fails or hangs. */
  private class Start implements JobStart<JobResult> {

    private final JobWork<JobResult> work;

    Start(JobWork<JobResult> work) {
      this.work = work;
    }

    @Override
    public JobKind kind() {
      return KIND;
    }

    @Override
    public Optional<Duration> limit() {
      return Optional.empty();
    }

    @Override
    public RepositoryLocks.Held lock() throws IOException {
      return repository.lock("test");
    }

    @Override
    public JobWork<JobResult> open(RepositoryLocks.Held lock, Cancellation cancellation) {
      return work;
    }
  }

  /** The next job can start at once, and does its work. */
  private void assertNothingHeld(JobRunner runner) throws Exception {
    assertTrue(runner.running(KIND).isEmpty());
    assertFalse(repository.isHeld());
    assertEquals(
        JobState.COMPLETE, runner.start(new Start(new Work())).execute().document().state());
  }

  @Test
  void releasesAllIfTheThreadCannotStart() throws Exception {
    ThreadFactory tooLarge = work -> new Thread(null, work, "large", STACK);
    JobRunner runner = new JobRunner(tooLarge, PATIENCE);
    Work work = new Work();
    Job<JobResult> job = runner.start(new Start(work));
    Problem refusal = assertThrows(Problem.class, job::inBackground);
    assertEquals(Problem.Kind.INTERNAL, refusal.kind());
    assertTrue(refusal.toString().contains("limit of processes"), refusal::toString);
    assertEquals(1, work.cleared.get());
    assertNothingHeld(runner);
  }

  @Test
  void releasesAllIfSomethingFailsBeforeTheWorkBegins() throws Exception {
    JobRunner runner = runner(PATIENCE);
    Work work =
        new Work() {
          @Override
          public JobResult document() {
            throw new OutOfMemoryError("injected");
          }
        };
    assertThrows(
        OutOfMemoryError.class,
        () -> {
          try (Job<JobResult> job = runner.start(new Start(work))) {
            job.document();
            job.inBackground();
          }
        });
    assertEquals(1, work.cleared.get());
    assertNothingHeld(runner);
  }

  @Test
  void closesNoJobWhoseWorkHasBegun() throws Exception {
    JobRunner runner = runner(PATIENCE);
    CountDownLatch goOn = new CountDownLatch(1);
    Work work =
        new Work() {
          @Override
          public JobResult run(Cancellation cancellation) {
            await().until(() -> goOn.getCount() == 0);
            return report.done();
          }
        };
    try (Job<JobResult> job = runner.start(new Start(work))) {
      job.inBackground();
    }
    assertTrue(runner.running(KIND).isPresent());
    assertEquals(0, work.cleared.get());
    goOn.countDown();
    await().until(() -> runner.running(KIND).isEmpty());
    assertEquals(1, work.cleared.get());
  }

  @Test
  void releasesAllIfTheStartFailsWithAnError() throws Exception {
    JobRunner runner = runner(PATIENCE);
    Start start =
        new Start(new Work()) {
          @Override
          public JobWork<JobResult> open(RepositoryLocks.Held lock, Cancellation cancellation) {
            throw new OutOfMemoryError("injected");
          }
        };
    Problem refusal = assertThrows(Problem.class, () -> runner.start(start));
    assertEquals(Problem.Kind.INTERNAL, refusal.kind());
    assertNothingHeld(runner);
  }

  @Test
  void aLostLockExplainsAFailureUnlessTheOutcomeIsNotKnown() {
    assertEquals("the lock was lost", errorWithoutLock(Problem.Kind.OBJECT_STORE));
    assertEquals("thrown by the work", errorWithoutLock(Problem.Kind.UNDECIDED));
  }

  /** The error of a job that fails when it has lost its lock. */
  private String errorWithoutLock(Problem.Kind thrown) {
    Work work =
        new Work() {
          @Override
          public JobResult run(Cancellation cancellation) {
            throw new Problem(thrown, "thrown by the work");
          }
        };
    Start start =
        new Start(work) {
          @Override
          public RepositoryLocks.Held lock() {
            return NoLock.LOST;
          }
        };
    Problem problem = runner(PATIENCE).start(start).execute().problem().orElseThrow();
    return String.valueOf(problem.getMessage());
  }

  @Test
  void stopsWithoutWaitingForAStartThatHangs() throws Exception {
    JobRunner runner = runner(Duration.ofMillis(200));
    CountDownLatch hangs = new CountDownLatch(1);
    CountDownLatch diskIsBack = new CountDownLatch(1);
    Work work = new Work();
    Start start =
        new Start(work) {
          @Override
          public JobWork<JobResult> open(RepositoryLocks.Held lock, Cancellation cancellation) {
            hangs.countDown();
            await().atMost(PATIENCE).until(() -> diskIsBack.getCount() == 0);
            return work;
          }
        };
    FutureTask<Problem> starter =
        new FutureTask<>(
            () -> assertThrows(Problem.class, () -> runner.start(start).inBackground()));
    Thread.ofPlatform().start(starter);
    hangs.await();
    long before = System.nanoTime();
    runner.stop();
    assertTrue(System.nanoTime() - before < Duration.ofSeconds(10).toNanos());
    diskIsBack.countDown();
    assertEquals(Problem.Kind.CANCELLED, starter.get().kind());
    assertTrue(runner.running(KIND).isEmpty());
    assertEquals(1, work.cleared.get());
    assertFalse(repository.isHeld());
  }
}
