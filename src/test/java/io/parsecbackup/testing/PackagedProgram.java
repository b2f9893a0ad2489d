package io.parsecbackup.testing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.WRITE;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * The program as an operator runs it: a child process of the native binary if there is one,
 * otherwise of the packaged jar. Its environment contains only the variables that the test passes.
 */
public final class PackagedProgram implements AutoCloseable {

  private static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Path JAR =
      Path.of("target", "quarkus-app", "quarkus-run.jar").toAbsolutePath();
  private static final List<String> QUICK =
      List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xshare:auto");

  private final Process process;
  private final StringBuffer stdout = new StringBuffer();
  private final StringBuffer stderr = new StringBuffer();
  private final List<CompletableFuture<Void>> readers;

  private PackagedProgram(Process process) {
    this.process = process;
    this.readers =
        List.of(read(process.getInputStream(), stdout), read(process.getErrorStream(), stderr));
  }

  /** The exit code and output of a process that has ended. */
  public record Ended(int exitCode, String stdout, String stderr) {

    /** Everything that it printed. */
    public String all() {
      return stdout + stderr;
    }

    /** The one JSON document on stdout; fails if there is anything else. */
    public JsonNode json() {
      try {
        return JSON.reader()
            .with(com.fasterxml.jackson.databind.DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .readTree(stdout);
      } catch (JsonProcessingException e) {
        throw new AssertionError("stdout is not one JSON document: " + stdout, e);
      }
    }
  }

  /** Runs it to its end. */
  public static Ended run(Map<String, String> environment, String... arguments) {
    try (PackagedProgram program = start(environment, arguments)) {
      return program.await();
    }
  }

  /**
   * Starts it.
   *
   * @param arguments those that begin with {@code -D} are system properties
   */
  public static PackagedProgram start(Map<String, String> environment, String... arguments) {
    // A build in a shell's background ignores SIGINT, and its children would inherit that.
    List<String> command = new ArrayList<>(List.of("/usr/bin/env", "--default-signal=INT,TERM"));
    List<String> properties = Stream.of(arguments).filter(a -> a.startsWith("-D")).toList();
    command.addAll(command(properties.toArray(String[]::new)));
    Stream.of(arguments).filter(a -> !a.startsWith("-D")).forEach(command::add);
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().clear();
    builder
        .environment()
        .putAll(
            Map.of(
                "PATH", System.getenv("PATH"),
                "HOME", System.getProperty("java.io.tmpdir"),
                "LANG", "C.UTF-8"));
    builder.environment().putAll(environment);
    try {
      Process process = builder.start();
      process.getOutputStream().close();
      return new PackagedProgram(process);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Whether it is the native binary. */
  public static boolean isNative() {
    return Files.isExecutable(nativeImage());
  }

  private static Path nativeImage() {
    return Path.of(System.getProperty("native.image.path", "no-native-image"));
  }

  /**
   * The command that starts it, with absolute paths.
   *
   * @param properties system properties, {@code -Dname=value}
   */
  public static List<String> command(String... properties) {
    List<String> command = new ArrayList<>();
    if (isNative()) {
      command.add(nativeImage().toString());
      command.addAll(List.of(properties));
      return command;
    }
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(QUICK);
    // Without messages about the archive: a test reads what the program prints.
    command.addAll(List.of("-XX:SharedArchiveFile=" + SharedClasses.ARCHIVE, "-Xlog:disable"));
    command.addAll(List.of(properties));
    command.addAll(List.of("-jar", JAR.toString()));
    return command;
  }

  /**
   * The classes that a backup loads, parsed and verified once for all starts, which saves a third
   * of the CPU time of each start. An archive made from a list also contains the classes of
   * Quarkus's class loader; one that a run writes at its end does not.
   */
  private static final class SharedClasses {

    static final Path ARCHIVE = make();

    private static Path make() {
      try {
        // An archive of another jar is useless.
        long made = Files.getLastModifiedTime(JAR).toMillis();
        Path archive = Path.of("target", "started-" + made + ".jsa").toAbsolutePath();
        Path lock = archive.resolveSibling("started.lock");
        // One of the test processes makes it, and the others wait.
        try (FileChannel channel = FileChannel.open(lock, CREATE, WRITE);
            FileLock held = channel.lock()) {
          if (held.isValid() && !Files.exists(archive)) {
            makeAs(archive);
          }
        }
        return archive;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException(e);
      }
    }

    private static void makeAs(Path archive) throws IOException, InterruptedException {
      Path folder = Files.createTempDirectory(archive.getParent(), "started");
      Path classes = folder.resolve("classes");
      Path own = folder.resolve("own.jsa");
      try (ParsecStack stack = ParsecStack.start(ParsecData.Spec.of(3, 512))) {
        java(stack.environment(), folder, "backup", "-XX:DumpLoadedClassList=" + classes);
      }
      java(
          Map.of(),
          folder,
          "list",
          "-Xshare:dump",
          "-XX:SharedClassListFile=" + classes,
          "-XX:SharedArchiveFile=" + own);
      Files.move(own, archive, StandardCopyOption.ATOMIC_MOVE);
      Folders.delete(folder);
    }

    private static void java(
        Map<String, String> environment, Path folder, String program, String... options)
        throws IOException, InterruptedException {
      List<String> command = new ArrayList<>();
      command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
      command.addAll(QUICK);
      command.addAll(List.of(options));
      command.addAll(List.of("-Xlog:disable", "-jar", JAR.toString(), program));
      ProcessBuilder builder = new ProcessBuilder(command);
      builder.environment().putAll(environment);
      builder
          .environment()
          .put("PARSEC_BACKUP_REPOSITORY", folder.resolve("repository").toString());
      builder.redirectOutput(ProcessBuilder.Redirect.DISCARD);
      Process process = builder.redirectError(ProcessBuilder.Redirect.DISCARD).start();
      if (process.waitFor() != 0) {
        throw new IllegalStateException("no archive of classes: " + command + " failed");
      }
    }
  }

  private static CompletableFuture<Void> read(InputStream from, StringBuffer into) {
    return CompletableFuture.runAsync(
        () -> {
          byte[] buffer = new byte[8192];
          try (from) {
            for (int n = from.read(buffer); n >= 0; n = from.read(buffer)) {
              into.append(new String(buffer, 0, n, UTF_8));
            }
          } catch (IOException ended) {
            // The process was killed: keep its output so far.
          }
        },
        task -> Thread.ofVirtual().start(task));
  }

  public Process process() {
    return process;
  }

  /** What it has written to stderr so far. */
  public String stderr() {
    return stderr.toString();
  }

  /** Sends it a signal, such as {@code INT}. */
  public void signal(String name) {
    try {
      new ProcessBuilder("sh", "-c", "kill -" + name + " \"$1\"", "sh", "" + process.pid())
          .inheritIO()
          .start()
          .waitFor();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Waits for its end. */
  public Ended await() {
    return await(PATIENCE);
  }

  /** As {@link #await()}; fails if it takes longer. */
  public Ended await(Duration limit) {
    try {
      if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new AssertionError("still running after " + limit + ": " + stdout + stderr);
      }
      for (CompletableFuture<Void> reader : readers) {
        reader.join();
      }
      return new Ended(process.exitValue(), stdout.toString(), stderr.toString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  /** Kills the process if it still runs. */
  @Override
  public void close() {
    process.destroyForcibly();
    process.onExit().join();
  }
}
