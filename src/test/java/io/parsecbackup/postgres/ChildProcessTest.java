package io.parsecbackup.postgres;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parsecbackup.Cancellation;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ChildProcessTest {

  @AfterEach
  void nothingIsLeft() {
    await()
        .atMost(Duration.ofSeconds(5))
        .untilAsserted(() -> assertEquals(List.of(), Processes.descendants()));
  }

  @Test
  void returnsStdoutStderrAndTheExitCode() throws IOException {
    try (ChildProcess child = sh("echo out; echo err >&2; exit 7")) {
      ChildProcess.Finished<String> finished = child.finish(ChildProcessTest::text);
      assertEquals("out\n", finished.output());
      assertEquals("err", finished.stderr());
      assertEquals(7, finished.exitCode());
    }
  }

  @Test
  void passesEveryArgumentUnchanged() {
    List<String> argv = List.of("/usr/bin/printf", "<%s>", "a b", "", "$HOME", "'\"\\", "*", "é");
    ChildProcess.Finished<String> finished = ChildProcess.run(argv, Map.of(), new Cancellation());
    assertEquals("<a b><><$HOME><'\"\\><*><é>", finished.output());
  }

  @Test
  void passesOnlyTheNeededEnvironment() {
    ChildProcess.Finished<String> finished =
        ChildProcess.run(List.of("/usr/bin/env"), Map.of("PGPASSWORD", "hush"), new Cancellation());
    assertTrue(finished.output().contains("PGPASSWORD=hush\n"));
    assertTrue(finished.output().contains("LC_ALL=C.UTF-8\n"));
    for (String line : finished.output().lines().toList()) {
      String name = line.substring(0, line.indexOf('='));
      assertTrue(
          List.of("PATH", "HOME", "TMPDIR", "LD_LIBRARY_PATH", "SSL_CERT_FILE", "SSL_CERT_DIR")
                  .contains(name)
              || List.of("LANG", "LC_ALL", "PGPASSWORD", "PWD", "OLDPWD", "SHLVL", "_")
                  .contains(name),
          line);
    }
  }

  @Test
  void inheritsNoStdinAndNoDescriptors() {
    // No pipeline: the shell would hold one end of its pipe for a moment while ls already runs.
    ChildProcess.Finished<String> finished =
        ChildProcess.run(
            List.of("/bin/sh", "-c", "cat; ls /proc/$$/fd; true"), Map.of(), new Cancellation());
    assertTrue(
        List.of("0\n1\n2\n", "0\n1\n10\n2\n").contains(finished.output()), finished.output());
  }

  @Test
  void aFloodOnStderrDoesNotBlockAndIsBounded() throws IOException {
    String flood =
        "echo first >&2; i=0; while [ $i -lt 20000 ]; do echo \"line $i of a long complaint\";"
            + " i=$((i+1)); done >&2; echo last >&2; echo out";
    try (ChildProcess child = sh(flood)) {
      ChildProcess.Finished<String> finished = child.finish(ChildProcessTest::text);
      assertEquals("out\n", finished.output());
      assertTrue(finished.stderr().startsWith("first\n"));
      assertTrue(finished.stderr().endsWith("\nlast"));
      assertTrue(finished.stderr().contains("bytes left out"));
      assertTrue(finished.stderr().length() < 17_000);
    }
  }

  @Test
  void removesAPasswordFromStderr() throws IOException {
    Map<String, String> environment = Map.of("PGPASSWORD", "s3cr3t");
    try (ChildProcess child =
        ChildProcess.start(
            List.of("/bin/sh", "-c", "echo \"password is $PGPASSWORD\" >&2"), environment)) {
      assertEquals("password is ***", child.finish(ChildProcessTest::text).stderr());
    }
  }

  @Test
  void reportsAMissingProgram() {
    ChildProcess.Finished<String> finished =
        ChildProcess.run(List.of("/no/such/program"), Map.of(), new Cancellation());
    assertEquals(127, finished.exitCode());
    assertTrue(finished.stderr().contains("/no/such/program"), finished.stderr());
  }

  @Test
  void reportsASignalAsTheShellDoes() {
    ChildProcess.Finished<String> finished =
        ChildProcess.run(List.of("/bin/sh", "-c", "kill -KILL $$"), Map.of(), new Cancellation());
    assertEquals(137, finished.exitCode());
    assertEquals("", finished.stderr());
  }

  @Test
  void aFailingReaderEndsTheChild() {
    try (ChildProcess child = sh("while :; do echo more; done")) {
      IOException e =
          assertThrows(
              IOException.class,
              () ->
                  child.finish(stdout -> {
                    throw new IOException("no room");
                  }));
      assertEquals("no room", e.getMessage());
    }
  }

  private static String text(InputStream in) throws IOException {
    return new String(in.readAllBytes(), StandardCharsets.UTF_8);
  }

  private static ChildProcess sh(String script) {
    return ChildProcess.start(List.of("/bin/sh", "-c", script), Map.of());
  }
}
