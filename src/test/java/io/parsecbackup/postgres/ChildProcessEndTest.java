package io.parsecbackup.postgres;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parsecbackup.Cancellation;
import io.parsecbackup.Problem;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** However a child process ends, nothing of it is left. */
@Timeout(60)
class ChildProcessEndTest {

  @TempDir Path folder;

  @AfterEach
  void nothingIsLeft() {
    await()
        .atMost(Duration.ofSeconds(5))
        .untilAsserted(() -> assertEquals(List.of(), Processes.descendants()));
  }

  @Test
  void cancellingEndsTheChild() {
    Cancellation cancellation = new Cancellation();
    Path pidFile = folder.resolve("pid");
    CompletableFuture<Void> canceller =
        CompletableFuture.runAsync(() -> {
          Processes.pidIn(pidFile);
          cancellation.cancel("test");
        });
    Problem problem =
        assertThrows(
            Problem.class, () -> ChildProcess.run(hanging("", pidFile), Map.of(), cancellation));
    canceller.join();
    assertEquals(Problem.Kind.CANCELLED, problem.kind());
    assertFalse(Processes.runs(Processes.pidIn(pidFile)));
  }

  @Test
  void closingEndsAChildThatIgnoresSignalsAndItsChildrenWithinFiveSeconds() {
    Path pidFile = folder.resolve("pid");
    Path grandchild = folder.resolve("grandchild");
    String script =
        "trap '' TERM INT HUP; sleep 1000 & echo $! > '" + grandchild + "'; " + hang(pidFile);
    long start;
    try (ChildProcess child = sh(script)) {
      Processes.pidIn(pidFile);
      child.cancel();
      child.cancel();
      start = System.nanoTime();
    }
    assertTrue(Duration.ofNanos(System.nanoTime() - start).toMillis() < 5000);
    assertFalse(Processes.runs(Processes.pidIn(pidFile)));
    Processes.awaitEnd(Processes.pidIn(grandchild));
  }

  @Test
  void sendsSigtermFirst() throws IOException {
    Path pidFile = folder.resolve("pid");
    String script =
        "trap 'echo bye; exit 3' TERM; echo $$ > '" + pidFile + "'; while :; do sleep 0.05; done";
    try (ChildProcess child = sh(script)) {
      Processes.pidIn(pidFile);
      child.cancel();
      ChildProcess.Finished<String> finished = child.finish(ChildProcessEndTest::text);
      assertEquals("bye\n", finished.output());
      assertEquals(3, finished.exitCode());
    }
  }

  @Test
  void interruptingTheWaitingThreadEndsTheChild() throws InterruptedException {
    Path pidFile = folder.resolve("pid");
    AtomicBoolean readerReturned = new AtomicBoolean();
    CompletableFuture<Problem> outcome = new CompletableFuture<>();
    Thread waiting =
        Thread.ofVirtual()
            .start(() -> {
              try (ChildProcess child = sh(hang(pidFile))) {
                Problem problem =
                    assertThrows(
                        Problem.class,
                        () ->
                            child.finish(stdout -> {
                              String all = text(stdout);
                              readerReturned.set(true);
                              return all;
                            }));
                assertTrue(Thread.currentThread().isInterrupted());
                outcome.complete(problem);
              } catch (Throwable e) {
                outcome.completeExceptionally(e);
              }
            });
    long pid = Processes.pidIn(pidFile);
    waiting.interrupt();
    assertEquals(Problem.Kind.CANCELLED, outcome.join().kind());
    assertTrue(readerReturned.get());
    assertFalse(Processes.runs(pid));
    waiting.join();
  }

  @Test
  void theDeathOfTheWatchingShellEndsTheChildToo() throws IOException {
    Path pidFile = folder.resolve("pid");
    try (ChildProcess child = sh(hang(pidFile))) {
      long pid = Processes.pidIn(pidFile);
      ProcessHandle shell = ProcessHandle.of(pid).flatMap(ProcessHandle::parent).orElseThrow();
      shell.destroyForcibly();
      assertEquals(137, child.finish(ChildProcessEndTest::text).exitCode());
      Processes.awaitEnd(pid);
    }
  }

  @Test
  void killingTheProgramEndsTheChild() throws Exception {
    Path pidFile = folder.resolve("pid");
    Process jvm = Processes.java(Parent.class, pidFile.toString());
    long pid = Processes.pidIn(pidFile);
    assertTrue(Processes.runs(pid));
    List<Long> all = shellWatcherAndChild(jvm);
    jvm.destroyForcibly().waitFor();
    all.forEach(Processes::awaitEnd);
  }

  /**
   * As {@code timeout}, a closed terminal or {@code kill -- -PGID} send it: none of them stops the
   * watching shell.
   */
  @ParameterizedTest
  @ValueSource(strings = {"TERM", "HUP", "INT", "KILL"})
  void aSignalToTheWholeProcessGroupEndsTheChild(String signal) throws Exception {
    Path pidFile = folder.resolve("pid");
    Process jvm = Processes.javaInOwnGroup(Parent.class, pidFile.toString());
    long pid = Processes.pidIn(pidFile);
    List<Long> all = shellWatcherAndChild(jvm);
    Process kill = new ProcessBuilder("kill", "-" + signal, "--", "-" + jvm.pid()).start();
    assertEquals(0, kill.waitFor());
    // A JVM that was started in a background job ignores some of them. The watching shell must
    // still work then.
    jvm.destroyForcibly().waitFor();
    all.forEach(Processes::awaitEnd);
    assertFalse(Processes.runs(pid));
  }

  @Test
  @Timeout(60)
  void processesThatTheChildLeavesEndWithIt() throws IOException {
    Path pidFile = folder.resolve("pid");
    try (ChildProcess child =
        sh(
            "sh -c \""
                + hang(pidFile)
                + "\" & while ! [ -s '"
                + pidFile
                + "' ]; do :; done; exit 4")) {
      assertEquals(4, child.finish(ChildProcessEndTest::text).exitCode());
      Processes.awaitEnd(Processes.pidIn(pidFile));
    }
  }

  /** A program that dies while its child runs. */
  static final class Parent {
    public static void main(String[] args) throws IOException {
      try (ChildProcess child =
          ChildProcess.start(hanging("trap '' TERM HUP; ", Path.of(args[0])), Map.of())) {
        child.finish(ChildProcessEndTest::text);
      }
    }
  }

  /** The shell starts the watcher after the child, so it may not run yet. */
  private static List<Long> shellWatcherAndChild(Process jvm) {
    return await()
        .atMost(Duration.ofSeconds(10))
        .until(() -> jvm.descendants().map(ProcessHandle::pid).toList(), pids -> pids.size() == 3);
  }

  private static String text(InputStream in) throws IOException {
    return new String(in.readAllBytes(), StandardCharsets.UTF_8);
  }

  private static ChildProcess sh(String script) {
    return ChildProcess.start(List.of("/bin/sh", "-c", script), Map.of());
  }

  private static String hang(Path pidFile) {
    return "echo $$ > '" + pidFile + "'; exec sleep 1000";
  }

  private static List<String> hanging(String before, Path pidFile) {
    return List.of("/bin/sh", "-c", before + hang(pidFile));
  }
}
