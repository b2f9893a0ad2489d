package io.parsecbackup.postgres;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jboss.logging.Logger;

/** Ends a child that was started through {@link SupervisorScript}: by TERM, later by KILL. */
final class ProcessTermination {

  private static final Logger LOG = Logger.getLogger(ProcessTermination.class);

  private static final Duration AFTER_TERM = Duration.ofSeconds(2);
  private static final Duration AFTER_KILL = Duration.ofSeconds(1);

  private final String name;
  private final Process process;
  private final AtomicBoolean started = new AtomicBoolean();

  /**
   * @param name of the program, for the log
   * @param process the shell that runs the script
   */
  ProcessTermination(String name, Process process) {
    this.name = name;
    this.process = process;
  }

  /** Starts to end the child, in a new thread. Any thread may call it, more than once. */
  void start() {
    if (process.isAlive() && started.compareAndSet(false, true)) {
      Thread.ofPlatform().daemon().name("end of " + name).start(this::end);
    }
  }

  /** Waits for the end of the child. Logs an error if the child does not end in time. */
  void await(Duration limit) {
    if (!exitsWithin(limit)) {
      LOG.errorf("%s (process %d) is still running after SIGKILL", name, process.pid());
    }
  }

  /** Closes the pipe, so that the watcher kills the child. */
  void closePipe() {
    try {
      process.getOutputStream().close();
    } catch (IOException e) {
      LOG.debugf("The pipe to %s was already closed", name);
    }
  }

  /** TERM first: on TERM pg_dump also cancels its query on the server. */
  private void end() {
    try {
      OutputStream pipe = process.getOutputStream();
      pipe.write("TERM\n".getBytes(StandardCharsets.US_ASCII));
      pipe.flush();
    } catch (IOException e) {
      LOG.debugf("%s had already ended", name);
    }
    if (exitsWithin(AFTER_TERM)) {
      return;
    }
    closePipe();
    if (exitsWithin(AFTER_KILL)) {
      return;
    }
    // The watcher failed. Descendants first, because the shell has to reap them.
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    if (!exitsWithin(AFTER_KILL)) {
      process.destroyForcibly();
    }
  }

  /** Ignores interrupts while waiting: a leaked child is worse than a late return. */
  private boolean exitsWithin(Duration limit) {
    boolean interrupted = false;
    long end = System.nanoTime() + limit.toNanos();
    try {
      while (true) {
        try {
          return process.waitFor(Math.max(0, end - System.nanoTime()), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
