package io.parsecbackup.postgres;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/** Reads facts of running processes from /proc. */
public final class Processes {

  private Processes() {}

  /** Whether the process runs; a zombie does not. */
  static boolean runs(long pid) {
    try {
      String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
      return !stat.substring(stat.lastIndexOf(')') + 2).startsWith("Z");
    } catch (IOException e) {
      return false;
    }
  }

  public static String commandLine(ProcessHandle process) {
    try {
      return Files.readString(Path.of("/proc/" + process.pid() + "/cmdline")).replace('\0', ' ');
    } catch (IOException e) {
      return "";
    }
  }

  /** The pid that a process wrote to {@code file}, followed by a line end. */
  static long pidIn(Path file) {
    await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> Files.exists(file) && Files.readString(file).endsWith("\n"));
    try {
      return Long.parseLong(Files.readString(file).strip());
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  public static void awaitEnd(long pid) {
    await().atMost(Duration.ofSeconds(5)).until(() -> !runs(pid));
  }

  public static List<ProcessHandle> descendants() {
    try (Stream<ProcessHandle> all = ProcessHandle.current().descendants()) {
      return all.toList();
    }
  }

  /**
   * Starts another JVM with this one's class path; the caller reads the output from the process.
   */
  public static Process java(Class<?> main, String... args) throws IOException {
    return java(":", main, args);
  }

  /** As above, in a new process group whose id is the pid. */
  static Process javaInOwnGroup(Class<?> main, String... args) throws IOException {
    return java("set -- setsid \"$@\"", main, args);
  }

  /** As above, after a shell command such as {@code ulimit}. */
  public static Process java(String before, Class<?> main, String... args) throws IOException {
    Stream<String> start =
        Stream.of(
            "/bin/sh",
            "-c",
            before + "; exec \"$@\"",
            "sh",
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx64m",
            "-XX:-UsePerfData",
            "-XX:+UseSerialGC",
            "-cp",
            System.getProperty("java.class.path"),
            main.getName());
    return new ProcessBuilder(Stream.concat(start, Stream.of(args)).toList())
        .redirectErrorStream(true)
        .start();
  }
}
