package io.parsecbackup.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** A program that checks one of our files, and that may not be installed. */
public record Tool(String name) {

  /** Whether it is installed. */
  public boolean isInstalled() {
    return Stream.of((System.getenv("PATH") + ":/usr/sbin").split(":"))
        .anyMatch(bin -> Files.isExecutable(Path.of(bin, name)));
  }

  /** Skips the test if the program is not installed. */
  public Tool assumeInstalled() {
    assumeTrue(isInstalled(), name + " is not installed");
    return this;
  }

  /** Runs the program, which must exit with 0, and returns its output. */
  public String run(String... arguments) throws IOException, InterruptedException {
    List<String> command = Stream.concat(Stream.of(name), Stream.of(arguments)).toList();
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getOutputStream().close();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), () -> String.join(" ", command) + "\n" + output);
    return output;
  }
}
