package io.parsecbackup.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A PostgreSQL and an S3 server with Parsec-shaped data, in a separate process. */
record Stack(Process process, Map<String, String> environment) implements AutoCloseable {

  /** The {@code java} that runs this benchmark. */
  static final String JAVA = ProcessHandle.current().info().command().orElseThrow();

  static Stack start(Path folder, int blocks, int blockSize) throws Exception {
    Path environment = folder.resolve("stack.env");
    Files.deleteIfExists(environment);
    Process process =
        new ProcessBuilder(
                JAVA,
                "-Djava.util.logging.manager=org.jboss.logmanager.LogManager",
                "-Xmx4g",
                "-cp",
                System.getProperty("java.class.path"),
                "io.parsecbackup.testing.ParsecStackMain",
                "--blocks",
                Integer.toString(blocks),
                "--block-size",
                Integer.toString(blockSize),
                "--keep",
                folder.toString(),
                "--env-file",
                environment.toString())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("stack.log").toFile())
            .start();
    while (!Files.exists(environment)) {
      if (process.waitFor(200, TimeUnit.MILLISECONDS)) {
        throw new IllegalStateException(
            "The servers did not start:\n" + Files.readString(folder.resolve("stack.log")));
      }
    }
    return new Stack(process, read(environment));
  }

  /** The file is written for a shell, so a shell reads it here. */
  private static Map<String, String> read(Path file) throws IOException {
    Map<String, String> values = new HashMap<>();
    Process shell =
        new ProcessBuilder("sh", "-ac", ". " + file + " && env -0")
            .redirectErrorStream(true)
            .start();
    for (String line : new String(shell.getInputStream().readAllBytes()).split("\0")) {
      int equals = line.indexOf('=');
      if (equals > 0 && (line.startsWith("PARSEC_") || line.startsWith("STACK_"))) {
        values.put(line.substring(0, equals), line.substring(equals + 1));
      }
    }
    return values;
  }

  /**
   * Deletes all objects of a bucket, to save memory, and creates it if it is missing; returns
   * before that.
   */
  void empty(String bucket) throws IOException {
    process.getOutputStream().write(("empty " + bucket + "\n").getBytes(StandardCharsets.UTF_8));
    process.getOutputStream().flush();
  }

  @Override
  public void close() throws Exception {
    process.getOutputStream().close();
    process.waitFor(60, TimeUnit.SECONDS);
  }
}
