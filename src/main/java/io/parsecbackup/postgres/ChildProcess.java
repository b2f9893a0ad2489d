package io.parsecbackup.postgres;

import io.parsecbackup.Cancellation;
import io.parsecbackup.Problem;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;

/**
 * A child process; this program starts every other program through it. The child gets a minimal
 * environment and no stdin, and a bounded part of its stderr is kept. It ends within 5 s of {@link
 * #cancel} or {@link #close}, and immediately when this program dies, even by {@code kill -9}.
 */
public final class ChildProcess implements AutoCloseable {

  private static final Logger LOG = Logger.getLogger(ChildProcess.class);

  /** The variables that a child inherits; the caller passes all others. */
  private static final List<String> INHERITED =
      List.of("PATH", "HOME", "TMPDIR", "LD_LIBRARY_PATH", "SSL_CERT_FILE", "SSL_CERT_DIR");

  private static final Duration LAST_ERRORS = Duration.ofSeconds(1);
  private static final Duration LAST_OUTPUT = Duration.ofSeconds(2);

  /** Reads the child's stdout to its end, or throws. */
  @FunctionalInterface
  public interface StdoutReader<T> {
    T read(InputStream stdout) throws IOException;
  }

  /**
   * The result of a child that has ended.
   *
   * @param exitCode the child's exit code, or 128 plus the number of the signal that ended it
   * @param stderr the first and last 8 KiB of its stderr, without secrets
   * @param output the result of the reader of stdout
   */
  public record Finished<T>(int exitCode, String stderr, T output) {}

  private final String name;
  private final Process process;
  private final ErrorText errors;
  private final Thread errorReader;
  private final ProcessTermination termination;

  private ChildProcess(String name, Process process, ErrorText errors) {
    this.name = name;
    this.process = process;
    this.errors = errors;
    this.termination = new ProcessTermination(name, process);
    this.errorReader =
        Thread.ofPlatform().daemon().name("stderr of " + name).start(this::collectErrors);
    // If only the shell is killed, this closes the pipe, so that the watcher ends the child.
    var _ = process.onExit().thenAccept(ended -> termination.closePipe());
  }

  /**
   * Starts {@code argv}. It must not contain a secret, because every user of the machine can read
   * it. Secrets go into {@code environment}, under names that end in PASSWORD, and are removed from
   * the child's stderr.
   *
   * @throws Problem of kind INTERNAL if the shell cannot be started
   */
  public static ChildProcess start(List<String> argv, Map<String, String> environment) {
    List<String> command =
        new ArrayList<>(
            List.of(
                "/bin/sh", "-c", SupervisorScript.START, SupervisorScript.SCRIPT, "parsec-backup"));
    command.addAll(argv);
    ProcessBuilder builder = new ProcessBuilder(command);
    Map<String, String> given = builder.environment();
    given.keySet().retainAll(INHERITED);
    // Messages in English, because this program parses them, and file names in UTF-8.
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
              + " through /bin/sh. Check that /bin/sh exists and that memory and the number of"
              + " processes are not exhausted.",
          e);
    }
  }

  /**
   * Runs a short command to its end.
   *
   * @return its exit code and its stdout, as UTF-8
   * @throws Problem of kind CANCELLED if it is cancelled or interrupted
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

  private static Set<String> secretsOf(Map<String, String> environment) {
    return environment.entrySet().stream()
        .filter(e -> e.getKey().endsWith("PASSWORD") && !e.getValue().isEmpty())
        .map(Map.Entry::getValue)
        .collect(Collectors.toUnmodifiableSet());
  }

  /**
   * Reads stdout in a separate thread, and waits until the reader and the child have ended. After
   * {@link #cancel} this returns as usual, with the exit code of the signal.
   *
   * @throws IOException if {@code reader} throws one; the child is ended first
   * @throws Problem of kind CANCELLED if this thread is interrupted; the child and the reader have
   *     ended then, and the thread's interrupt flag is set again
   */
  public <T> Finished<T> finish(StdoutReader<T> reader) throws IOException {
    // A read from a pipe cannot be interrupted, but waiting for another thread can.
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
      errorReader.join(LAST_ERRORS);
      return new Finished<>(exitCode, errors.text(), result);
    } catch (InterruptedException e) {
      close();
      join(pump, LAST_OUTPUT);
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

  /** Starts to end the child and returns immediately. Any thread may call it, more than once. */
  public void cancel() {
    termination.start();
  }

  /** Ends the child if it still runs, and waits for its end for at most 5 s. */
  @Override
  public void close() {
    cancel();
    termination.await(Duration.ofSeconds(5));
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
