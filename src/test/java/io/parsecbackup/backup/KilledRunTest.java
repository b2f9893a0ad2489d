package io.parsecbackup.backup;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parsecbackup.job.JobState;
import io.parsecbackup.job.Trigger;
import io.parsecbackup.repository.storage.folder.StableStorage;
import io.parsecbackup.testing.Checkpoints;
import io.parsecbackup.testing.CrashLab;
import io.parsecbackup.testing.Fault;
import io.parsecbackup.testing.KillPoints;
import io.parsecbackup.testing.ParsecData;
import io.parsecbackup.testing.PlainCore;
import io.parsecbackup.testing.RepositoryProof;
import io.parsecbackup.testing.S3Request;
import io.parsecbackup.testing.Victim;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The program is killed, by a real {@code kill -9}, before and after each of its flushes and
 * renames, and the next run must recover from whatever the kill left. Where only one thread works,
 * some tests use a copy of what an undisturbed run had on the disk at that moment instead, which is
 * the same; with {@code -Dkill.all=true}, each test kills.
 */
class KilledRunTest {

  private static final int OBJECTS = 20;

  private static final Map<String, String> FOLDER =
      Map.of("PARSEC_BACKUP_DUMP_FORMAT", "directory", "PARSEC_BACKUP_DUMP_JOBS", "4");

  @TempDir static Path scratch;
  private static CrashLab lab;

  /**
   * A backup, then a run that died halfway; since then some objects are new and one was replaced.
   */
  private static Path prepared;

  /** An object that is listed, but cannot be fetched by the killed run. */
  private static String gone;

  @BeforeAll
  static void start() throws Exception {
    lab = CrashLab.start(ParsecData.Spec.of(OBJECTS, 2048).unreferenced(1, 0), scratch);
    prepared = lab.place();
    lab.recover(prepared);
    lab.bucket().put(unreferenced(), "other bytes than before");
    gone = lab.stack().data().addBlocks(OBJECTS).getLast();
    lab.kill(prepared, "after rename to OBJECT", OBJECTS / 2);
  }

  /** The bytes of all other objects are final: they stay, whatever the source contains later. */
  private static String unreferenced() {
    List<String> referenced = lab.stack().data().referencedKeys();
    return lab.bucket().list().stream()
        .filter(key -> !referenced.contains(key))
        .findFirst()
        .orElseThrow();
  }

  @AfterAll
  static void stop() {
    lab.close();
  }

  private record Point(String step, int occurrence) {
    @Override
    public String toString() {
      return step + (occurrence == 1 ? "" : ", time " + occurrence);
    }
  }

  @TestFactory
  Stream<DynamicTest> theNextRunRecoversFromEveryKill() throws Exception {
    Map<Point, Path> left = new HashMap<>();
    AtomicInteger tests = new AtomicInteger();
    return points(lab.copy(prepared), step -> true, left)
        .map(point -> {
          boolean kills = !left.containsKey(point) || KillPoints.isReal(tests.getAndIncrement());
          return DynamicTest.dynamicTest(
              point.toString(),
              () -> {
                if (kills) {
                  killAt(point, lab.copy(prepared));
                } else {
                  RepositoryProof before = new RepositoryProof(prepared);
                  recovers(
                      point,
                      Objects.requireNonNull(left.get(point)),
                      before.backups(),
                      before.published());
                }
              });
        });
  }

  @TestFactory
  Stream<DynamicTest> theSecondRunRecoversIfTheVeryFirstIsKilled() {
    return points(
            lab.place(),
            step -> step.matches(".*(parsec-backup.json|folder repository)"),
            new HashMap<>())
        .map(point -> DynamicTest.dynamicTest(point.toString(), () -> killAt(point, lab.place())));
  }

  /** A dump by several connections: each of its files has steps of its own. */
  @TestFactory
  Stream<DynamicTest> theNextRunRecoversFromAKillWithAFolderAsDump() throws Exception {
    Map<String, String> settings = new TreeMap<>(lab.environment());
    settings.putAll(FOLDER);
    Checkpoints checkpoints = new Checkpoints((step, occurrence) -> {});
    PlainCore.backups(lab.copy(prepared), settings, new StableStorage(checkpoints))
        .start(Trigger.CLI)
        .execute();
    // After one file's rename, the folder is as before the next one's.
    List<Point> all =
        new TreeMap<>(checkpoints.counts())
            .entrySet().stream()
                .filter(step -> !step.getKey().matches(".*OBJECT|after rename to \\d+\\.dat.*"))
                .flatMap(KilledRunTest::points)
                .toList();
    List<Point> few = List.of(new Point("before rename to toc.dat", 1));
    return KillPoints.some(few, all.stream().filter(point -> !few.contains(point)).toList())
        .map(point ->
            DynamicTest.dynamicTest(
                point.toString(),
                () -> {
                  Path repository = lab.copy(prepared);
                  RepositoryProof proof = new RepositoryProof(repository);
                  List<String> before = proof.backups();
                  Map<String, String> published = proof.published();
                  lab.kill(repository, point.step(), point.occurrence(), FOLDER);
                  recovers(point, repository, before, published);
                }));
  }

  /**
   * The first and the last occurrence of each step, and for objects one in between. Of consecutive
   * steps with the same files only one, because a kill leaves the same there.
   *
   * @param left gets a copy of each state of the files in which only one thread works
   */
  private static Stream<Point> points(
      Path repository, Predicate<String> steps, Map<Point, Path> left) {
    List<Map<String, String>> states = new ArrayList<>(List.of(Map.of()));
    Map<Point, Integer> stateAt = new HashMap<>();
    AtomicReference<@Nullable Path> copy = new AtomicReference<>();
    Checkpoints checkpoints =
        new Checkpoints((step, occurrence) -> {
          // During the fetch, threads work on several objects at once: no two states are the same.
          Map<String, String> state =
              step.contains("OBJECT")
                  ? Map.of(step, Integer.toString(occurrence))
                  : state(repository);
          if (!state.equals(states.getLast())) {
            states.add(state);
            copy.set(step.contains("OBJECT") ? null : lab.snapshot(repository));
          }
          Point point = new Point(step, occurrence);
          stateAt.put(point, states.size());
          Path latest = copy.get();
          if (latest != null) {
            left.put(point, latest);
          }
        });
    orderAnObjectToBeGone();
    assertEquals(JobState.INCOMPLETE, lab.run(repository, checkpoints).document().state());
    Set<Integer> seen = new HashSet<>();
    return new TreeMap<>(checkpoints.counts())
        .entrySet().stream()
            .filter(step -> steps.test(step.getKey()))
            .flatMap(KilledRunTest::points)
            .filter(point -> seen.add(stateAt.get(point)));
  }

  private static Map<String, String> state(Path repository) {
    Map<String, String> state = new RepositoryProof(repository).everything();
    try (Stream<Path> all = Files.walk(repository)) {
      all.filter(Files::isDirectory).forEach(folder -> state.put(folder.toString(), "a folder"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return state;
  }

  private static Stream<Point> points(Map.Entry<String, Integer> step) {
    int last = step.getValue();
    boolean object = step.getKey().contains("OBJECT");
    IntStream occurrences = object ? IntStream.of(1, last / 2, last) : IntStream.of(1, last);
    return occurrences.distinct().mapToObj(n -> new Point(step.getKey(), n));
  }

  private static void killAt(Point point, Path repository) throws Exception {
    RepositoryProof proof = new RepositoryProof(repository);
    List<String> before = proof.backups();
    Map<String, String> published = proof.published();
    orderAnObjectToBeGone();

    lab.kill(repository, point.step(), point.occurrence());
    recovers(point, repository, before, published);
  }

  /**
   * Checks what a kill left, and that the next run recovers.
   *
   * @param before the backups from before the killed run
   * @param published the digests of their files
   */
  private static void recovers(
      Point point, Path repository, List<String> before, Map<String, String> published) {
    RepositoryProof proof = new RepositoryProof(repository);
    proof.isUntouched(published);
    proof.allAreWhole();
    assertEquals(before.size() + (isPublishedAt(point) ? 1 : 0), proof.backups().size());
    assertEquals(proof.backups(), lab.visible(repository));
    lab.recover(repository);
  }

  private static boolean isPublishedAt(Point point) {
    // A run's record is written at its start and at its end; scratch is flushed before a backup.
    boolean atItsEnd = point.step().matches(".* (run-ID.json|ID.json|folder runs|folder ID)");
    return point.step().equals("after rename to backup.json")
        || (point.occurrence() > 1 && atItsEnd);
  }

  private static void orderAnObjectToBeGone() {
    lab.proxy().reset();
    lab.proxy().when(S3Request.Kind.GET_OBJECT, gone, Fault.status(404));
  }

  @ParameterizedTest
  @ValueSource(strings = {"pg_dump", "pg_restore"})
  void endsTheRunningChildProcessToo(String child) throws Exception {
    Path bin = Files.createTempDirectory(scratch, "bin");
    // Half a dump, without an end.
    Path started = bin.resolve("started");
    program(
        bin.resolve(child),
        """
        case "$1" in --version) exec /usr/bin/env PATH="${PATH#*:}" %s "$@";; esac
        echo PGDMP
        : > '%s'
        exec sleep 1000
        """
            .formatted(child, started));
    String other = child.equals("pg_dump") ? "pg_restore" : "pg_dump";
    program(
        bin.resolve(other), "exec /usr/bin/env PATH=\"${PATH#*:}\" %s \"$@\"\n".formatted(other));
    Path repository = lab.copy(prepared);
    RepositoryProof proof = new RepositoryProof(repository);
    Map<String, String> published = proof.published();
    Map<String, String> path = Map.of("PATH", bin + ":" + System.getenv("PATH"));
    try (Victim victim = lab.start(repository, "never", 1, path)) {
      await().atMost(Duration.ofSeconds(30)).until(() -> Files.exists(started));
      assertTrue(
          victim.survivors().stream().anyMatch(line -> line.contains("sleep 1000")),
          () -> victim.survivors().toString());
      victim.kill();
      assertEquals(Victim.KILLED, victim.exitCode());
      victim.awaitNoSurvivors();
    }
    assertEquals(proof.backups(), lab.visible(repository));
    proof.isUntouched(published);
    lab.recover(repository);
  }

  private static void program(Path file, String script) throws Exception {
    Files.writeString(file, "#!/bin/sh\n" + script);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }
}
