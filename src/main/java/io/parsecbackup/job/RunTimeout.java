package io.parsecbackup.job;

import io.parsecbackup.Cancellation;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Ends a run that takes too long. */
public final class RunTimeout implements AutoCloseable {

  private final ScheduledExecutorService clock;
  private volatile boolean over;

  public RunTimeout(Duration limit, Cancellation cancellation) {
    clock =
        Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("run-timeout").factory());
    var unused =
        clock.schedule(
            () -> {
              over = !cancellation.isCancelled();
              cancellation.cancel(
                  "it took longer than parsec.backup.run-timeout, "
                      + limit
                      + ". Raise that, or find out what was slow; what was copied is kept");
            },
            limit.toMillis(),
            TimeUnit.MILLISECONDS);
  }

  /** Whether the run was ended by this. */
  public boolean isOver() {
    return over;
  }

  @Override
  public void close() {
    clock.shutdownNow();
  }
}
