package io.parsecbackup.restore;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.parsecbackup.backup.Acceptance;
import io.parsecbackup.job.JobResult;
import io.parsecbackup.job.JobState;
import io.parsecbackup.job.Trigger;
import io.parsecbackup.repository.storage.folder.StableStorage;
import io.parsecbackup.testing.Checkpoints;
import io.parsecbackup.testing.CrashLab;
import io.parsecbackup.testing.KillPoints;
import io.parsecbackup.testing.KillableJob;
import io.parsecbackup.testing.ParsecData;
import io.parsecbackup.testing.PlainCore;
import io.parsecbackup.testing.RepositoryDamage;
import io.parsecbackup.testing.RepositoryPlace;
import io.parsecbackup.testing.RepositoryProof;
import io.parsecbackup.testing.Victim;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * A verification that has found damage, a drill and an acceptance of losses are killed by a real
 * {@code kill -9} before and after each flush and rename: no backup is touched, and the next job
 * and the next backup clean up and complete the work. KilledRestoreTest shows what a kill does to a
 * restored database. Some tests use a copy of what an undisturbed job had on the disk at that
 * moment instead of a kill, which is the same; with {@code -Dkill.all=true}, each test kills.
 */
class KilledJobTest {

  private static final int OBJECTS = 6;

  @TempDir static Path scratch;
  private static CrashLab lab;
  private static Path prepared;
  private static String damaged;

  @BeforeAll
  static void start() throws Exception {
    lab = CrashLab.start(ParsecData.Spec.of(OBJECTS, 512), scratch);
    lab.stack().allowDatabases();
    prepared = lab.place();
    lab.backup(prepared);
    damaged = lab.bucket().list().first();
    RepositoryDamage.flip(prepared.resolve("objects").resolve(damaged));
  }

  @AfterAll
  static void stop() {
    lab.close();
  }

  @TestFactory
  Stream<DynamicTest> aVerification() throws Exception {
    return points("verify");
  }

  @TestFactory
  Stream<DynamicTest> aDrill() throws Exception {
    return points("drill");
  }

  private static Stream<DynamicTest> points(String kind) throws Exception {
    Map<String, Path> left = new HashMap<>();
    Path repository = lab.copy(prepared);
    Checkpoints checkpoints = recorder(repository, left);
    // This test covers the steps on disk; another one covers the steps at the server.
    JobService jobs =
        PlainCore.jobs(repository, lab.environment(), new StableStorage(checkpoints), step -> {});
    KillableJob.begin(jobs, kind).execute();
    assertFalse(checkpoints.counts().isEmpty());
    return new TreeMap<>(checkpoints.counts())
        .entrySet().stream()
            .flatMap(step ->
                Stream.of(1, step.getValue()).distinct().map(n -> Map.entry(step.getKey(), n)))
            .map(tests(kind, prepared, left, again -> recovers(kind, again)));
  }

  /** Copies what is on the disk at each step. */
  private static Checkpoints recorder(Path repository, Map<String, Path> left) {
    return new Checkpoints((step, occurrence) ->
        left.put(Map.entry(step, occurrence).toString(), lab.snapshot(repository)));
  }

  private interface Proof {
    void of(Path left) throws Exception;
  }

  /** One test for each step: of what a real kill leaves, or of a copy. */
  private static Function<Map.Entry<String, Integer>, DynamicTest> tests(
      String kind, Path original, Map<String, Path> copies, Proof proof) {
    AtomicInteger tests = new AtomicInteger();
    return point -> {
      boolean kills = KillPoints.isReal(tests.getAndIncrement());
      return DynamicTest.dynamicTest(
          point.toString(),
          () -> {
            Path left =
                kills
                    ? killed(original, kind, point)
                    : Objects.requireNonNull(copies.get(point.toString()));
            RepositoryPlace.awaitFree(left);
            new RepositoryProof(left).isUntouched(new RepositoryProof(original).published());
            proof.of(left);
          });
    };
  }

  @TestFactory
  Stream<DynamicTest> anAcceptance() throws Exception {
    String lost = lab.bucket().list().last();
    byte[] content = lab.bucket().get(lost).orElseThrow();
    Path incomplete = lab.place();
    lab.bucket().delete(lost);
    assertEquals(JobState.INCOMPLETE, lab.backup(incomplete).state());
    lab.bucket().put(lost, content);
    Map<String, Path> left = new HashMap<>();
    Path repository = lab.copy(incomplete);
    Checkpoints checkpoints = recorder(repository, left);
    assertEquals(1, accept(repository, new StableStorage(checkpoints)).objects());
    return new TreeMap<>(checkpoints.counts())
        .entrySet().stream()
            .flatMap(step ->
                IntStream.rangeClosed(1, step.getValue())
                    .mapToObj(n -> Map.entry(step.getKey(), n)))
            .map(tests("accept", incomplete, left, KilledJobTest::accepts));
  }

  private static void accepts(Path repository) throws Exception {
    Acceptance again = accept(repository, new StableStorage());
    assertEquals(1, again.objects() + again.already());
    try (Stream<Path> files = Files.list(repository.resolve("accepted"))) {
      // One record: the list and its document.
      assertEquals(2, files.count());
    }
    assertEquals(JobState.COMPLETE, lab.backup(repository).state());
  }

  private static Acceptance accept(Path repository, StableStorage storage) {
    return PlainCore.acceptance(repository, storage)
        .accept(Optional.empty(), Optional.empty(), Trigger.CLI);
  }

  /** A copy of a repository after a job in it was killed. */
  private static Path killed(Path original, String kind, Map.Entry<String, Integer> point)
      throws Exception {
    Path repository = lab.copy(original);
    try (Victim victim =
        Victim.java(
            KillableJob.class,
            lab.environment(),
            scratch,
            repository.toString(),
            kind,
            point.getKey(),
            point.getValue().toString())) {
      assertEquals(Victim.KILLED, victim.exitCode(), victim::output);
      victim.awaitNoSurvivors();
    }
    return repository;
  }

  private static void recovers(String kind, Path repository) throws Exception {
    JobService jobs = PlainCore.jobs(repository, lab.environment());
    JobResult again = KillableJob.begin(jobs, kind).execute().document();
    assertEquals(
        kind.equals("verify") ? JobState.INCOMPLETE : JobState.COMPLETE,
        again.state(),
        again::toString);
    assertEquals(List.of(), drills());
    lab.proxy().reset();
    assertEquals(JobState.COMPLETE, lab.backup(repository).state());
    // Only a verification finds it: a drill reads no objects.
    assertEquals(kind.equals("verify") ? List.of(damaged) : List.of(), lab.proxy().fetched());
    try (Stream<Path> left = Files.list(RepositoryPlace.scratch(repository))) {
      assertEquals(List.of(), left.toList());
    }
  }

  private static List<String> drills() throws SQLException {
    List<String> names = new java.util.ArrayList<>();
    try (Connection server = lab.stack().database().connect("postgres");
        ResultSet rows =
            server
                .createStatement()
                .executeQuery(
                    "SELECT datname FROM pg_database WHERE datname LIKE 'parsec_drill%'")) {
      while (rows.next()) {
        names.add(rows.getString(1));
      }
    }
    return names;
  }
}
