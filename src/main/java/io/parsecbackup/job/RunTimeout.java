package io.parsecbackup.job;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Ends a job that takes too long. */
final class RunTimeout implements AutoCloseable {

  private final ScheduledExecutorService clock =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("run-timeout").factory());

  /**
   * Starts to count.
   *
   * @param limit empty for no limit
   * @param end receives the reason
   */
  RunTimeout(Optional<Duration> limit, Consumer<String> end) {
    if (limit.isPresent()) {
      var unused =
          clock.schedule(
              () ->
                  end.accept(
                      "it took longer than parsec.backup.run-timeout, "
                          + limit.get()
                          + ". Raise the limit, or find out what is slow; objects already copied are kept"),
              limit.get().toMillis(),
              TimeUnit.MILLISECONDS);
    }
  }

  @Override
  public void close() {
    clock.shutdownNow();
  }
}
