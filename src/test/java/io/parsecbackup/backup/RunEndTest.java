package io.parsecbackup.backup;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parsecbackup.Problem;
import io.parsecbackup.job.Job;
import io.parsecbackup.job.JobEnd;
import io.parsecbackup.job.JobState;
import io.parsecbackup.job.Trigger;
import io.parsecbackup.repository.storage.folder.StableStorage;
import io.parsecbackup.testing.BrokenDescriptor;
import io.parsecbackup.testing.CrashLab;
import io.parsecbackup.testing.Fault;
import io.parsecbackup.testing.FolderOnly;
import io.parsecbackup.testing.ParsecData;
import io.parsecbackup.testing.ParsecStack;
import io.parsecbackup.testing.PlainCore;
import io.parsecbackup.testing.RepositoryPlace;
import io.parsecbackup.testing.S3Request;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Runs that end early: cancelled, timed out, or with wrong settings in the first run. */
@Timeout(120)
class RunEndTest {

  @TempDir static Path scratch;
  private static CrashLab lab;

  @BeforeAll
  static void start() {
    lab = CrashLab.start(ParsecData.Spec.of(12, 2048), scratch);
  }

  @AfterAll
  static void stop() {
    lab.close();
  }

  @BeforeEach
  void quiet() {
    lab.proxy().reset();
  }

  private static BackupService backups(Path repository, Map<String, String> source, Duration run) {
    return PlainCore.backups(
        repository, source, new StableStorage(), new PlainCore.Limits(Duration.ofMillis(500), run));
  }

  private static BackupService backups(Path repository) {
    return backups(repository, lab.environment(), Duration.ofMinutes(5));
  }

  private static JobEnd<Backup> run(BackupService backups) {
    return backups.start(Trigger.CLI).execute();
  }

  /** Locked as {@code parsec migrate} locks them. */
  @ParameterizedTest
  @ValueSource(strings = {"block", "realm", "migration", "invitation"})
  void waitsForALockedTableOnlyUntilTheLimit(String table) throws SQLException {
    try (Connection other = locked(table)) {
      JobEnd<Backup> result = run(backups(lab.place()));
      assertEquals(JobState.FAILED, result.document().state());
      assertEquals(1, result.exitCode());
      String error = result.document().error().orElseThrow();
      assertTrue(error.contains("lock-wait-timeout"), error);
      assertFalse(other.isClosed());
    }
  }

  @Test
  void isCancelledWhileItWaitsForALockedTable() throws Exception {
    BackupService backups =
        PlainCore.backups(
            lab.place(), lab.environment(), new StableStorage(), PlainCore.Limits.USUAL);
    try (Connection other = locked("block")) {
      Job<Backup> run = backups.start(Trigger.REST).inBackground();
      await().atMost(Duration.ofSeconds(30)).until(() -> waiting(other) > 0);
      run.cancel("asked to");
      await().atMost(Duration.ofSeconds(5)).until(() -> backups.running().isEmpty());
      assertEquals(JobState.CANCELLED, backups.find(run.id()).orElseThrow().state());
    }
  }

  @Test
  void failsWhenItTakesTooLong() {
    lab.proxy().when(S3Request.Kind.GET_OBJECT, new Fault.Hang());
    Path repository = lab.place();
    JobEnd<Backup> result = run(backups(repository, lab.environment(), Duration.ofSeconds(3)));
    assertEquals(JobState.FAILED, result.document().state());
    assertEquals(1, result.exitCode());
    String error = result.document().error().orElseThrow();
    assertTrue(error.contains("parsec.backup.run-timeout"), error);
    lab.recover(repository);
  }

  @Test
  void isIncompleteAndWarnsIfTheBucketHasNoObjectOfTheDump() {
    lab.stack().s3().bucket("empty");
    JobEnd<Backup> result = run(backups(lab.place(), with("empty"), Duration.ofMinutes(5)));
    assertEquals(JobState.INCOMPLETE, result.document().state());
    assertEquals(3, result.exitCode());
    assertEquals(12, result.document().objects().orElseThrow().missing());
    assertTrue(
        result.document().warnings().stream().anyMatch(warning -> warning.contains("PARSEC_DB")),
        result::toString);
  }

  /** As with a full heap: the run has ended, and the next run reuses its objects. */
  @ParameterizedTest
  @ValueSource(strings = {"before rename to database.dump", "before flush of the file system"})
  void cleansUpScratchRecordAndLockIfTheJvmFails(String step) throws Exception {
    failsIfTheJvmFails(step);
  }

  @Test
  @FolderOnly("what a server has confirmed is published")
  void withdrawsABackupThatIsNotOnTheDiskYetIfTheJvmFails() throws Exception {
    failsIfTheJvmFails("after rename to backup.json");
  }

  private static void failsIfTheJvmFails(String step) throws Exception {
    Path repository = lab.place();
    JobEnd<Backup> result =
        lab.run(
            repository,
            announced -> {
              if (announced.equals(step)) {
                throw new OutOfMemoryError("injected");
              }
            });
    assertEquals(JobState.FAILED, result.document().state());
    assertEquals(Problem.Kind.INTERNAL, result.problem().orElseThrow().kind());
    Backup recorded = backups(repository).catalog().all().getFirst();
    assertEquals(result.document().id(), recorded.id());
    assertEquals(JobState.FAILED, recorded.state());
    assertTrue(recorded.error().orElseThrow().contains("OutOfMemoryError"), recorded::toString);
    try (Stream<Path> left =
        Files.list(RepositoryPlace.scratch(repository).resolve(recorded.id()))) {
      assertEquals(
          List.of("journal.tsv"), left.map(file -> file.getFileName().toString()).toList());
    }
    lab.recover(repository);
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  @FolderOnly("a lease that is not released runs out")
  void isPublishedEvenIfItsLockCannotBeReleased() throws Exception {
    Path repository = lab.place();
    JobEnd<Backup> result =
        lab.run(
            repository,
            announced -> {
              if (announced.equals("after rename to backup.json")) {
                BrokenDescriptor.of(repository.resolve("lock"));
              }
            });
    assertEquals(JobState.COMPLETE, result.document().state());
    assertEquals(0, result.exitCode());
    assertEquals(List.of(result.document().id()), lab.visible(repository));
    lab.recover(repository);
  }

  @Test
  void bindsNothingToABucketThatDoesNotExist() {
    Path repository = lab.place();
    JobEnd<Backup> mistyped =
        run(backups(repository, with("no-such-bucket"), Duration.ofMinutes(5)));
    assertEquals(Problem.Kind.OBJECT_STORE, mistyped.problem().orElseThrow().kind());
    assertFalse(Files.exists(repository.resolve("parsec-backup.json")));
    lab.recover(repository);
  }

  private static Map<String, String> with(String bucket) {
    Map<String, String> environment = new TreeMap<>(lab.environment());
    environment.computeIfPresent(
        "PARSEC_BLOCKSTORE",
        (key, value) -> value.replace(":" + ParsecStack.NAME + ":", ":" + bucket + ":"));
    return environment;
  }

  private static Connection locked(String table) throws SQLException {
    Connection connection = lab.stack().database().connect(ParsecStack.NAME);
    connection.setAutoCommit(false);
    try (Statement statement = connection.createStatement()) {
      statement.execute("LOCK TABLE " + table + " IN ACCESS EXCLUSIVE MODE");
    }
    return connection;
  }

  private static int waiting(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT count(*) FROM pg_locks WHERE NOT granted")) {
      row.next();
      return row.getInt(1);
    }
  }
}
