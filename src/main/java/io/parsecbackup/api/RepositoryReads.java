package io.parsecbackup.api;

import io.parsecbackup.BoundedRead;
import io.parsecbackup.Problem;
import io.parsecbackup.Problem.Kind;
import io.parsecbackup.api.problem.RepositoryProblem;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.concurrent.FutureTask;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/**
 * Reads the repository for REST calls, on a few threads of its own. On a disk that hangs no read
 * returns, and the worker threads that all calls share would all block.
 */
@ApplicationScoped
public class RepositoryReads {

  private static final int THREADS = 8;
  private static final Duration LONGEST = Duration.ofSeconds(20);

  private final Semaphore threads;
  private final Semaphore starts;
  private final Duration longest;

  @Inject
  public RepositoryReads() {
    this(THREADS, LONGEST);
  }

  RepositoryReads(int threads, Duration longest) {
    this.threads = new Semaphore(threads);
    this.starts = new Semaphore(threads);
    this.longest = longest;
  }

  /**
   * Reads with a time limit.
   *
   * @throws Problem of kind REPOSITORY if the limit is exceeded or the disk fails; also what {@code
   *     read} throws
   */
  <T> T read(BoundedRead.Read<T> read) {
    try {
      // While all threads hang, callers must not queue behind them.
      if (!threads.tryAcquire(longest.toMillis() / 10, TimeUnit.MILLISECONDS)) {
        throw noAnswer();
      }
      FutureTask<T> task = new FutureTask<>(read::read);
      start(task);
      return BoundedRead.await(task, longest);
    } catch (TimeoutException e) {
      throw noAnswer();
    } catch (InterruptedException e) {
      throw Problem.interrupted(e);
    } catch (IOException | UncheckedIOException e) {
      throw RepositoryProblem.unreadable(e);
    }
  }

  /**
   * Starts a job in the thread of the caller: no job may start after its caller got an error. On a
   * disk that hangs the number of waiting callers is limited.
   *
   * @throws Problem of kind REPOSITORY if too many callers wait already; also what {@code start}
   *     throws
   */
  <T> T start(Supplier<T> start) {
    if (!starts.tryAcquire()) {
      throw noAnswer();
    }
    try {
      return start.get();
    } finally {
      starts.release();
    }
  }

  private void start(FutureTask<?> task) {
    boolean started = false;
    try {
      Thread.ofPlatform()
          .daemon()
          .name("repository read")
          .start(() -> {
            try {
              task.run();
            } finally {
              threads.release();
            }
          });
      started = true;
    } finally {
      if (!started) {
        threads.release();
      }
    }
  }

  private static Problem noAnswer() {
    return new Problem(
        Kind.REPOSITORY,
        "the repository does not answer. Check its disk, or the server that it is mounted from");
  }
}
