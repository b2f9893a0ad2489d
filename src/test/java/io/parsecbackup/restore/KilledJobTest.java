package io.parsecbackup.restore;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.parsecbackup.backup.Acceptance;
import io.parsecbackup.job.JobResult;
import io.parsecbackup.job.JobState;
import io.parsecbackup.job.Trigger;
import io.parsecbackup.repository.storage.StableStorage;
import io.parsecbackup.testing.Checkpoints;
import io.parsecbackup.testing.CrashLab;
import io.parsecbackup.testing.KillableJob;
import io.parsecbackup.testing.ParsecData;
import io.parsecbackup.testing.PlainCore;
import io.parsecbackup.testing.RepositoryDamage;
import io.parsecbackup.testing.RepositoryProof;
import io.parsecbackup.testing.Victim;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
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
 * restored database.
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
    Checkpoints checkpoints = new Checkpoints((step, occurrence) -> {});
    Path repository = lab.copy(prepared);
    // This test covers the steps on disk; another one covers the steps at the server.
    JobService jobs =
        PlainCore.jobs(repository, lab.environment(), new StableStorage(checkpoints), step -> {});
    KillableJob.begin(jobs, kind).execute();
    assertFalse(checkpoints.counts().isEmpty());
    return new TreeMap<>(checkpoints.counts())
        .entrySet().stream()
            .flatMap(step ->
                Stream.of(1, step.getValue()).distinct().map(n -> Map.entry(step.getKey(), n)))
            .map(point ->
                DynamicTest.dynamicTest(
                    point.toString(), () -> killAt(kind, point.getKey(), point.getValue())));
  }

  @TestFactory
  Stream<DynamicTest> anAcceptance() throws Exception {
    String lost = lab.bucket().list().last();
    byte[] content = lab.bucket().get(lost).orElseThrow();
    Path incomplete = lab.place();
    lab.bucket().delete(lost);
    assertEquals(JobState.INCOMPLETE, lab.backup(incomplete).state());
    lab.bucket().put(lost, content);
    Checkpoints checkpoints = new Checkpoints((step, occurrence) -> {});
    assertEquals(1, accept(lab.copy(incomplete), new StableStorage(checkpoints)).objects());
    return new TreeMap<>(checkpoints.counts())
        .entrySet().stream()
            .flatMap(step ->
                IntStream.rangeClosed(1, step.getValue())
                    .mapToObj(n -> Map.entry(step.getKey(), n)))
            .map(point ->
                DynamicTest.dynamicTest(
                    point.toString(),
                    () -> {
                      Path repository = lab.copy(incomplete);
                      kill(repository, "accept", point.getKey(), point.getValue());
                      Acceptance again = accept(repository, new StableStorage());
                      assertEquals(1, again.objects() + again.already());
                      try (Stream<Path> files = Files.list(repository.resolve("accepted"))) {
                        // One record: the list and its document.
                        assertEquals(2, files.count());
                      }
                      assertEquals(JobState.COMPLETE, lab.backup(repository).state());
                    }));
  }

  private static Acceptance accept(Path repository, StableStorage storage) {
    return PlainCore.acceptance(repository, storage)
        .accept(Optional.empty(), Optional.empty(), Trigger.CLI);
  }

  private static void kill(Path repository, String kind, String step, int occurrence)
      throws Exception {
    RepositoryProof proof = new RepositoryProof(repository);
    Map<String, String> published = proof.published();
    try (Victim victim =
        Victim.java(
            KillableJob.class,
            lab.environment(),
            scratch,
            repository.toString(),
            kind,
            step,
            Integer.toString(occurrence))) {
      assertEquals(Victim.KILLED, victim.exitCode(), victim::output);
      victim.awaitNoSurvivors();
    }
    proof.isUntouched(published);
  }

  private static void killAt(String kind, String step, int occurrence) throws Exception {
    Path repository = lab.copy(prepared);
    kill(repository, kind, step, occurrence);
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
    try (Stream<Path> left = Files.list(repository.resolve("tmp"))) {
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
