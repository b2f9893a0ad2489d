package io.parsecbackup.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import com.fasterxml.jackson.databind.JsonNode;
import io.parsecbackup.testing.Fault;
import io.parsecbackup.testing.FaultyProxy;
import io.parsecbackup.testing.PackagedProgram;
import io.parsecbackup.testing.PackagedProgram.Ended;
import io.parsecbackup.testing.ParsecData;
import io.parsecbackup.testing.ParsecStack;
import io.parsecbackup.testing.S3Request.Kind;
import io.parsecbackup.testing.TreeComparison;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A program that is stopped, or observed, while it works. */
class InterruptIT {

  private static final Duration SOON = Duration.ofSeconds(60);

  @TempDir static Path folder;
  private static ParsecStack stack;

  @BeforeAll
  static void start() {
    stack = ParsecStack.start(ParsecData.Spec.of(60, 4096));
  }

  @AfterAll
  static void stop() {
    stack.close();
  }

  /** Hangs from the 31st object on. */
  private static FaultyProxy stuckHalfWay() {
    FaultyProxy proxy = FaultyProxy.before(stack.s3().endpoint());
    Set<String> passed = new HashSet<>();
    proxy.when(
        request -> {
          synchronized (passed) {
            return request.kind() == Kind.GET_OBJECT
                && !passed.contains(request.key())
                && (passed.size() >= 30 || !passed.add(request.key()));
          }
        },
        new Fault.Hang());
    return proxy;
  }

  private static long stored(Place place) {
    if (!Files.isDirectory(place.objects())) {
      return 0;
    }
    try (Stream<Path> files = Files.walk(place.objects())) {
      return files.filter(Files::isRegularFile).count();
    } catch (java.io.IOException | java.io.UncheckedIOException changing) {
      return 0;
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"INT", "TERM"})
  void stopsCleanlyAndFetchesOnlyTheRestNextTime(String signal) {
    try (FaultyProxy proxy = stuckHalfWay()) {
      Place place = Place.through(proxy, stack, folder.resolve("stopped-by-" + signal));
      Ended run;
      try (PackagedProgram program = place.start("backup", "--json")) {
        Awaitility.await().atMost(SOON).until(() -> stored(place) == 30);
        program.signal(signal);
        run = program.await(Duration.ofSeconds(15));
      }
      assertEquals(130, run.exitCode(), run.all());
      assertEquals("cancelled", run.json().path("state").asText());
      assertEquals(List.of(), place.published());
      JsonNode record = place.run("list", "--all", "--json").json().path("backups").path(0);
      assertEquals("cancelled", record.path("state").asText(), record.toString());

      Set<String> there =
          new TreeSet<>(TreeComparison.of(place.objects(), stack.bucket()).missing());
      proxy.reset();
      Ended next = place.run("backup", "--json");
      assertEquals(0, next.exitCode(), next.all());
      assertEquals(30, next.json().path("objects").path("copied").asInt());
      assertEquals(there, new TreeSet<>(proxy.fetched()));
      assertEquals(30, proxy.fetched().size());
      assertTrue(TreeComparison.of(place.objects(), stack.bucket()).isExact());
    }
  }

  @Test
  void locksTheRepositoryOpensNoPortAndShowsNoSecretWhileItRuns() throws Exception {
    try (FaultyProxy proxy = stuckHalfWay()) {
      Place place = Place.through(proxy, stack, folder.resolve("held"));
      try (PackagedProgram first = place.start("backup")) {
        Awaitility.await().atMost(SOON).until(() -> stored(place) == 30);
        Ended second = place.run("backup");
        assertEquals(4, second.exitCode(), second.all());
        assertTrue(second.stderr().contains("process " + first.process().pid()), second.stderr());
        assertEquals(4, place.run("adopt").exitCode());
        JsonNode running = place.run("list", "--all", "--json").json().path("backups").path(0);
        assertEquals("running", running.path("state").asText(), running.toString());
        assertEquals(List.of(), listening(first.process().pid()));
        assertNoSecret(commandLines(first.process()), "a process list");
        assertNoSecret(place.texts() + first.stderr() + second.all(), "a text");
        first.signal("KILL");
      }
    }
  }

  @Test
  void needsNoPortForABackup() throws Exception {
    try (java.net.ServerSocket taken = new java.net.ServerSocket(0)) {
      Place place =
          Place.of(stack, folder.resolve("port"))
              .with("QUARKUS_HTTP_PORT", Integer.toString(taken.getLocalPort()));
      Ended run = place.run("backup");
      assertEquals(0, run.exitCode(), run.all());
    }
  }

  /** Quarkus loses a request to stop that arrives then. */
  @Test
  void stopsBeforeTheStart() {
    assumeFalse(PackagedProgram.isNative(), "it has no class whose loading would show the moment");
    Place place = Place.of(stack, folder.resolve("early")).with("QUARKUS_HTTP_PORT", "0");
    try (PackagedProgram program = place.start("serve")) {
      Awaitility.await()
          .pollDelay(Duration.ZERO)
          .pollInterval(Duration.ofMillis(1))
          .atMost(SOON)
          .until(() ->
              open(program.process().pid()).stream().anyMatch(f -> f.contains("smallrye-config")));
      program.signal("TERM");
      Ended ended = program.await();
      assertEquals(0, ended.exitCode(), ended.all());
    }
  }

  @Test
  void cancelsTheRunWhenTheServiceStops() {
    try (FaultyProxy proxy = stuckHalfWay()) {
      Place place =
          Place.through(proxy, stack, folder.resolve("served"))
              .with("QUARKUS_HTTP_PORT", "0")
              .with("PARSEC_BACKUP_SCHEDULE", "every 1h");
      try (PackagedProgram service = place.start()) {
        // The first backup of an empty repository starts at once.
        Awaitility.await().atMost(SOON).until(() -> stored(place) == 30);
        long began = System.nanoTime();
        service.signal("TERM");
        Ended ended = service.await(Duration.ofSeconds(20));
        assertTrue(System.nanoTime() - began < Duration.ofSeconds(15).toNanos(), ended.all());
        assertFalse(ended.stderr().contains("Exception"), ended.stderr());
        assertEquals(0, ended.exitCode(), ended.all());
      }
      JsonNode run = place.run("list", "--all", "--json").json().path("backups").path(0);
      assertTrue(
          Set.of("failed", "cancelled").contains(run.path("state").asText()), run.toString());
      assertEquals(List.of(), place.published());
    }
  }

  @Test
  void stopsCleanlyDuringTheStart() {
    Place place = Place.of(stack, folder.resolve("starting")).with("QUARKUS_HTTP_PORT", "0");
    try (PackagedProgram service = place.start()) {
      Awaitility.await()
          .atMost(SOON)
          .pollInterval(Duration.ofMillis(2))
          .until(() -> service.stderr().contains("Installed features"));
      service.signal("TERM");
      Ended ended = service.await(Duration.ofSeconds(20));
      assertFalse(ended.stderr().contains("Exception"), ended.stderr());
      assertEquals(0, ended.exitCode(), ended.all());
    }
  }

  private static void assertNoSecret(String text, String where) {
    for (String secret : List.of(stack.s3().secretKey(), "p@rsec:s3cret", "p%40rsec%3As3cret")) {
      assertFalse(text.contains(secret), where + " shows a secret: " + text);
    }
  }

  /** The arguments of all processes, which every user of the machine can read. */
  /** Of the program and the processes that it started. Other tests run tools with passwords. */
  private static String commandLines(Process program) throws java.io.IOException {
    StringBuilder all = new StringBuilder();
    List<ProcessHandle> processes =
        Stream.concat(Stream.of(program.toHandle()), program.descendants()).toList();
    for (ProcessHandle process : processes) {
      Path file = Path.of("/proc", Long.toString(process.pid()), "cmdline");
      try {
        all.append(Files.readString(file, StandardCharsets.ISO_8859_1));
      } catch (java.io.IOException gone) {
        // It has ended meanwhile.
      }
    }
    assertTrue(all.indexOf("backup") >= 0, all::toString);
    return all.toString();
  }

  /** The files that a process has open, as the kernel names them. */
  private static List<String> open(long pid) throws java.io.IOException {
    List<String> open = new ArrayList<>();
    try (Stream<Path> files = Files.list(Path.of("/proc/" + pid + "/fd"))) {
      for (Path file : files.toList()) {
        try {
          open.add(Files.readSymbolicLink(file).toString());
        } catch (java.io.IOException closed) {
          // It was open a moment ago.
        }
      }
    }
    return open;
  }

  /** The sockets on which a process waits for connections. */
  private static List<String> listening(long pid) throws java.io.IOException {
    Set<String> own = new HashSet<>();
    for (String target : open(pid)) {
      if (target.startsWith("socket:[")) {
        own.add(target.substring(8, target.length() - 1));
      }
    }
    return Stream.of("tcp", "tcp6")
        .flatMap(InterruptIT::sockets)
        .map(line -> line.strip().split("\\s+"))
        .filter(fields -> fields[3].equals("0A") && own.contains(fields[9]))
        .map(fields -> fields[1])
        .toList();
  }

  private static Stream<String> sockets(String family) {
    try {
      return Files.readAllLines(Path.of("/proc/net/" + family)).stream().skip(1);
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
