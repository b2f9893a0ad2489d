package io.parsecbackup.testing;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A program that a test kills. Every process that it starts inherits its {@code TMPDIR}, by which
 * {@link #survivors()} finds processes even if their parent has changed.
 */
public final class Victim implements AutoCloseable {

  /** The exit code of a process that SIGKILL has ended. */
  public static final int KILLED = 128 + 9;

  private final Process process;
  private final Path folder;

  private Victim(Process process, Path folder) {
    this.process = process;
    this.folder = folder;
  }

  /** A JVM with this one's class path. */
  public static Victim java(
      Class<?> main, Map<String, String> environment, Path scratch, String... arguments) {
    List<String> command = new ArrayList<>(jvm());
    try {
      command.addAll(SharedClassPath.options(main));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
    Path folder = folder(scratch);
    // Java does not read TMPDIR.
    command.add("-Djava.io.tmpdir=" + folder);
    command.add(main.getName());
    command.addAll(List.of(arguments));
    return start(command, environment, folder);
  }

  /** The packaged program: the jar, or the native binary if there is one. */
  public static Victim program(Map<String, String> environment, Path scratch, String... arguments) {
    List<String> command = PackagedProgram.command();
    command.addAll(List.of(arguments));
    return start(command, environment, folder(scratch));
  }

  private static Path folder(Path scratch) {
    try {
      return Files.createTempDirectory(scratch, "victim");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Options for a quick start, which is most of the work of such a process. */
  private static List<String> jvm() {
    return List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-XX:TieredStopAtLevel=1",
        "-XX:+UseSerialGC",
        "-XX:-UsePerfData",
        "-Xmx128m");
  }

  private static Victim start(List<String> command, Map<String, String> environment, Path folder) {
    try {
      ProcessBuilder builder = new ProcessBuilder(command);
      builder.environment().putAll(RepositoryPlace.environment());
      builder.environment().putAll(environment);
      builder.environment().put("TMPDIR", folder.toString());
      builder.redirectErrorStream(true);
      builder.redirectOutput(folder.resolve("output").toFile());
      return new Victim(builder.start(), folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Sends SIGKILL: this is what Java's call does on Unix. */
  public void kill() {
    process.destroyForcibly();
  }

  /** Whether SIGSTOP has stopped it. */
  public boolean isStopped() {
    String stat = read(process.toHandle(), "stat");
    // The state follows the name, which is in brackets.
    return stat.substring(stat.lastIndexOf(')') + 1).strip().startsWith("T");
  }

  /** Sends SIGCONT. */
  public void resume() throws IOException, InterruptedException {
    new ProcessBuilder("/bin/sh", "-c", "kill -CONT \"$1\"", "sh", Long.toString(process.pid()))
        .start()
        .waitFor();
  }

  public boolean isAlive() {
    return process.isAlive();
  }

  /** Waits up to this time for its end; returns whether it has ended. */
  public boolean endsWithin(Duration time) throws InterruptedException {
    return process.waitFor(time.toNanos(), TimeUnit.NANOSECONDS);
  }

  /** Its exit code, 137 once killed. A busy machine takes long to start it. */
  public int exitCode() throws InterruptedException {
    if (!endsWithin(Duration.ofMinutes(3))) {
      throw new IllegalStateException("It did not end: " + output());
    }
    return process.exitValue();
  }

  /** Its output so far. */
  public String output() {
    try {
      return new String(Files.readAllBytes(folder.resolve("output")), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Waits until no process that it started is left. */
  public void awaitNoSurvivors() {
    await()
        .pollInterval(Duration.ofMillis(20))
        .pollDelay(Duration.ZERO)
        .atMost(Duration.ofSeconds(5))
        .until(this::survivors, List::isEmpty);
  }

  /**
   * The command lines of all processes with its {@code TMPDIR}; a zombie has no environment any
   * more.
   */
  public List<String> survivors() {
    String mark = "TMPDIR=" + folder;
    try (Stream<ProcessHandle> all = ProcessHandle.allProcesses()) {
      return all.filter(
              candidate -> Stream.of(read(candidate, "environ").split("\0")).anyMatch(mark::equals))
          .map(survivor -> survivor.pid() + " " + read(survivor, "cmdline").replace('\0', ' '))
          .toList();
    }
  }

  private static String read(ProcessHandle process, String what) {
    try {
      return new String(
          Files.readAllBytes(Path.of("/proc", Long.toString(process.pid()), what)),
          StandardCharsets.UTF_8);
    } catch (IOException gone) {
      return "";
    }
  }

  @Override
  public void close() {
    kill();
  }
}
