package io.parsecbackup.api;

import io.parsecbackup.Problem;
import io.parsecbackup.Problem.Kind;
import io.parsecbackup.api.problem.RepositoryProblem;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/**
 * Reads the repository for callers, on few threads of its own: on a disk that hangs no read ends,
 * and the worker threads that all calls share would be used up one by one.
 */
@ApplicationScoped
public class RepositoryReads {

  private static final int THREADS = 8;
  private static final Duration LONGEST = Duration.ofSeconds(20);

  /** What is read. */
  @FunctionalInterface
  interface Read<T> {
    T read() throws IOException;
  }

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
   * Reads in bounded time.
   *
   * @throws Problem of kind REPOSITORY when it takes longer, or the disk fails; and what {@code
   *     read} throws
   */
  <T> T read(Read<T> read) {
    try {
      // While all threads hang, callers must not pile up behind them.
      if (!threads.tryAcquire(longest.toMillis() / 10, TimeUnit.MILLISECONDS)) {
        throw silent();
      }
      FutureTask<T> task = new FutureTask<>(read::read);
      start(task);
      return task.get(longest.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw silent();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Problem(Kind.CANCELLED, "The thread was interrupted", e);
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case IOException disk -> throw RepositoryProblem.unreadable(disk);
        case UncheckedIOException disk -> throw RepositoryProblem.unreadable(disk);
        case RuntimeException unchecked -> throw unchecked;
        case Error error -> throw error;
        case null, default -> throw new IllegalStateException(e);
      }
    }
  }

  /**
   * Starts something in the caller's own thread: nothing may start after its caller was told that
   * it has failed. On a disk that hangs only so many callers wait.
   *
   * @throws Problem of kind REPOSITORY when too many wait already; and what {@code start} throws
   */
  <T> T start(Supplier<T> start) {
    if (!starts.tryAcquire()) {
      throw silent();
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

  private static Problem silent() {
    return new Problem(
        Kind.REPOSITORY,
        "the repository does not answer. Check its disk, or the server that it is mounted from");
  }
}
