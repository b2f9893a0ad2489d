package io.parsecbackup.postgres;

import io.parsecbackup.Cancellation;
import io.parsecbackup.Problem;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;

/**
 * A program run as a child, the only way this program runs one. It gets a minimal environment, no
 * stdin, and a bounded memory of its stderr; it ends within 5 s of {@link #cancel} or {@link
 * #close}, and at once when this program dies, even by {@code kill -9}.
 */
public final class ChildProcess implements AutoCloseable {

  private static final Logger LOG = Logger.getLogger(ChildProcess.class);

  /** Passed on as they are; everything else a child needs is given by name. */
  private static final List<String> INHERITED =
      List.of("PATH", "HOME", "TMPDIR", "LD_LIBRARY_PATH", "SSL_CERT_FILE", "SSL_CERT_DIR");

  private static final Duration AFTER_TERM = Duration.ofSeconds(2);
  private static final Duration AFTER_KILL = Duration.ofSeconds(1);

  /** Takes the child's stdout; must read to its end or throw. */
  @FunctionalInterface
  public interface StdoutReader<T> {
    T read(InputStream stdout) throws IOException;
  }

  /**
   * How it ended.
   *
   * @param exitCode the child's, or 128 plus the number of the signal that ended it
   * @param stderr its first and last 8 KiB, without secrets
   * @param output what the reader made of stdout
   */
  public record Finished<T>(int exitCode, String stderr, T output) {}

  private final String name;
  private final Process process;
  private final ErrorText errors;
  private final Thread errorReader;
  private final AtomicBoolean ending = new AtomicBoolean();

  private ChildProcess(String name, Process process, ErrorText errors) {
    this.name = name;
    this.process = process;
    this.errors = errors;
    this.errorReader =
        Thread.ofPlatform().daemon().name("stderr of " + name).start(this::collectErrors);
    // Were the shell killed alone, nobody else would tell the watcher.
    var _ = process.onExit().thenAccept(ended -> letGo());
  }

  /**
   * Starts {@code argv}. A secret never belongs there, every user of the machine can read it; it
   * goes into {@code environment}, under a name that ends in PASSWORD, and is then struck from what
   * the child says.
   *
   * @throws Problem of kind INTERNAL if not even a shell can be started
   */
  public static ChildProcess start(List<String> argv, Map<String, String> environment) {
    List<String> command =
        new ArrayList<>(List.of("/bin/sh", "-c", SupervisorScript.START, SupervisorScript.SCRIPT, "parsec-backup"));
    command.addAll(argv);
    ProcessBuilder builder = new ProcessBuilder(command);
    Map<String, String> given = builder.environment();
    given.keySet().retainAll(INHERITED);
    // English messages, which we read, and names in UTF-8.
    given.put("LANG", "C.UTF-8");
    given.put("LC_ALL", "C.UTF-8");
    given.putAll(environment);
    String name = String.valueOf(Path.of(argv.getFirst()).getFileName());
    try {
      return new ChildProcess(name, builder.start(), new ErrorText(secretsOf(environment)));
    } catch (IOException e) {
      throw new Problem(
          Problem.Kind.INTERNAL,
          "Could not start "
              + name
              + " through /bin/sh. Are memory or the number of processes"
              + " exhausted, or is there no /bin/sh?",
          e);
    }
  }

  /**
   * Runs a short command to its end.
   *
   * @return its exit code and all it wrote to stdout, as UTF-8
   * @throws Problem of kind CANCELLED if cancelled or interrupted meanwhile
   */
  public static Finished<String> run(
      List<String> argv, Map<String, String> environment, Cancellation cancellation) {
    cancellation.throwIfCancelled();
    try (ChildProcess child = start(argv, environment);
        Cancellation.Hook _ = cancellation.onCancel(child::cancel)) {
      Finished<String> finished =
          child.finish(stdout -> new String(stdout.readAllBytes(), StandardCharsets.UTF_8));
      cancellation.throwIfCancelled();
      return finished;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static java.util.Set<String> secretsOf(Map<String, String> environment) {
    return environment.entrySet().stream()
        .filter(e -> e.getKey().endsWith("PASSWORD") && !e.getValue().isEmpty())
        .map(Map.Entry::getValue)
        .collect(Collectors.toUnmodifiableSet());
  }

  /**
   * Reads stdout in a thread of its own, and waits for the end of both. After {@link #cancel} the
   * child's end is an ordinary one, with the exit code its signal gave it.
   *
   * @throws IOException what {@code reader} threw; the child is ended first
   * @throws Problem of kind CANCELLED if this thread is interrupted; the child is ended, the reader
   *     has returned, and the thread's interrupt flag is set again
   */
  public <T> Finished<T> finish(StdoutReader<T> reader) throws IOException {
    // A read from a pipe cannot be interrupted, waiting for another thread can.
    FutureTask<T> output =
        new FutureTask<>(() -> {
          try (InputStream stdout = process.getInputStream()) {
            return reader.read(stdout);
          }
        });
    Thread pump = Thread.ofPlatform().daemon().name("stdout of " + name).start(output);
    try {
      T result = output.get();
      int exitCode = process.waitFor();
      errorReader.join(AFTER_KILL);
      return new Finished<>(exitCode, errors.text(), result);
    } catch (InterruptedException e) {
      close();
      join(pump, AFTER_TERM);
      Thread.currentThread().interrupt();
      throw new Problem(
          Problem.Kind.CANCELLED, name + " was stopped: its thread was interrupted", e);
    } catch (ExecutionException e) {
      close();
      switch (e.getCause()) {
        case IOException io -> throw io;
        case RuntimeException unchecked -> throw unchecked;
        case Error error -> throw error;
        case null, default -> throw new IllegalStateException(e);
      }
    }
  }

  /** Asks for the child's end and returns at once; may be called by any thread, more than once. */
  public void cancel() {
    if (process.isAlive() && ending.compareAndSet(false, true)) {
      Thread.ofPlatform().daemon().name("end of " + name).start(this::end);
    }
  }

  /** Ends the child if it still runs and waits, 5 s at most, until it is gone. */
  @Override
  public void close() {
    cancel();
    if (!exitsWithin(Duration.ofSeconds(5))) {
      LOG.errorf("%s (process %d) did not end, even by KILL", name, process.pid());
    }
  }

  /** TERM first: pg_dump then also cancels what its server does for it. */
  private void end() {
    try {
      OutputStream pipe = process.getOutputStream();
      pipe.write("TERM\n".getBytes(StandardCharsets.US_ASCII));
      pipe.flush();
    } catch (IOException e) {
      LOG.debugf("%s ended before it was told to", name);
    }
    if (exitsWithin(AFTER_TERM)) {
      return;
    }
    letGo();
    if (exitsWithin(AFTER_KILL)) {
      return;
    }
    // The leash failed. Descendants first: the shell, which reaps them, goes last.
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    if (!exitsWithin(AFTER_KILL)) {
      process.destroyForcibly();
    }
  }

  /** Closes the pipe: the watcher kills what is left. */
  private void letGo() {
    try {
      process.getOutputStream().close();
    } catch (IOException e) {
      LOG.debugf("The pipe to %s was closed already", name);
    }
  }

  /** Waits without heeding interrupts: a child left behind would be worse than a late answer. */
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

  private static void join(Thread thread, Duration limit) {
    try {
      thread.join(limit);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void collectErrors() {
    try (InputStream stderr = process.getErrorStream()) {
      errors.drain(stderr);
    } catch (IOException e) {
      LOG.debugf("The stderr of %s ended: %s", name, e.getMessage());
    }
  }
}
