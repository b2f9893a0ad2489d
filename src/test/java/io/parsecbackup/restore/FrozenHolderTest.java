package io.parsecbackup.restore;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parsecbackup.backup.Backup;
import io.parsecbackup.job.JobResult;
import io.parsecbackup.job.JobState;
import io.parsecbackup.job.Trigger;
import io.parsecbackup.repository.storage.folder.StableStorage;
import io.parsecbackup.testing.BucketServer;
import io.parsecbackup.testing.CrashLab;
import io.parsecbackup.testing.KillPoints;
import io.parsecbackup.testing.KillableBackup;
import io.parsecbackup.testing.KillableJob;
import io.parsecbackup.testing.ParsecData;
import io.parsecbackup.testing.ParsecStack;
import io.parsecbackup.testing.PlainCore;
import io.parsecbackup.testing.RepositoryPlace;
import io.parsecbackup.testing.RepositoryProof;
import io.parsecbackup.testing.Victim;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * A real process that holds the lock of a repository in a bucket is stopped by SIGSTOP for longer
 * than its lease. Another run takes the lock over and does its work; then SIGCONT. The first one
 * publishes nothing, deletes nothing, overwrites nothing, and ends with an error. In a folder
 * nobody can take over the lock of a process that exists, so this is always over a bucket. {@code
 * -Dkill.all=true} stops it at each step of the lists.
 */
class FrozenHolderTest {

  private static final int OBJECTS = 12;
  private static final PlainCore.Retention ONE = new PlainCore.Retention("1", "referenced");

  @TempDir static Path scratch;
  private static BucketServer.Use bucket;
  private static CrashLab lab;

  @BeforeAll
  static void start() {
    bucket = BucketServer.use();
    lab = CrashLab.start(ParsecData.Spec.of(OBJECTS, 2048), scratch);
    lab.stack().allowDatabases();
  }

  @AfterAll
  static void stop() {
    lab.close();
    bucket.close();
  }

  /** A step and its occurrence. */
  private record Point(String step, int occurrence) {}

  /** A test at each of these points, or at some of them. */
  private static Stream<DynamicTest> at(List<Point> points, Proof proof) {
    return IntStream.range(0, points.size())
        .filter(KillPoints::isReal)
        .mapToObj(n ->
            DynamicTest.dynamicTest(
                points.get(n).toString(),
                // Every second one is on the same machine, so the next run removes its scratch.
                () -> proof.at(points.get(n), n % 2 == 0 ? elsewhere() : Map.of())));
  }

  private interface Proof {
    void at(Point point, Map<String, String> environment) throws Exception;
  }

  private static Map<String, String> elsewhere() throws IOException {
    return BucketServer.elsewhere(Files.createTempDirectory(scratch, "elsewhere"));
  }

  @TestFactory
  Stream<DynamicTest> aBackup() {
    Path prepared = lab.place();
    lab.backup(prepared);
    lab.stack().data().addBlocks(OBJECTS);
    return at(
        List.of(
            new Point("before rename to backup.json", 1),
            new Point("before rename to OBJECT", OBJECTS / 2),
            new Point("before rename to ID.json", 1),
            new Point("before rename to database.dump", 1),
            new Point("after rename to OBJECT", 2),
            new Point("before rename to ID.tsv", 1),
            new Point("before rename to SHA256SUMS", 1),
            new Point("before flush of the file system", 1)),
        (point, environment) -> {
          Path repository = lab.copy(prepared);
          Victim frozen = start(KillableBackup.class, environment, repository.toString(), point);
          comesBack(frozen, repository, () -> lab.backup(repository));
          lab.stack().data().addBlocks(1);
          lab.recover(repository);
        });
  }

  /** It has published: the backup stays, and the next run builds on it. */
  @TestFactory
  Stream<DynamicTest> aBackupThatHadPublished() {
    return at(
        List.of(new Point("after rename to backup.json", 1)),
        (point, environment) -> {
          Path repository = lab.place();
          try (Victim frozen =
              start(KillableBackup.class, environment, repository.toString(), point)) {
            awaitFree(frozen, repository);
            List<String> published = lab.visible(repository);
            assertEquals(1, published.size());
            lab.stack().data().addBlocks(1);
            lab.backup(repository);
            Map<String, String> before = files(repository);
            frozen.resume();
            assertEquals(0, frozen.exitCode(), frozen::output);
            assertEquals(before, files(repository), frozen::output);
            assertEquals(2, lab.visible(repository).size());
          }
          allAreIntact(repository);
        });
  }

  @TestFactory
  Stream<DynamicTest> aPrune() throws Exception {
    Path prepared = lab.place();
    String purged = lab.stack().data().addBlocks(1).getFirst();
    dueForRemoval(prepared, purged);
    return at(
        List.of(
            new Point("before delete of OBJECT", 1),
            new Point("before delete of backup.json", 2),
            new Point("before rename to ID.removed.tsv", 1),
            new Point("before rename to ID.unreferenced.json", 1)),
        (point, environment) -> {
          Path repository = lab.copy(prepared);
          Victim frozen =
              start(KillableJob.class, environment, repository.toString(), "prune", point);
          comesBack(
              frozen,
              repository,
              () -> {
                // The object that the prune was about to delete is needed again.
                execute("INSERT INTO block SELECT * FROM purged");
                try {
                  return lab.run(repository, PlainCore.Sync.REFERENCES).document();
                } finally {
                  deleteRow(purged);
                }
              });
          assertTrue(Files.exists(repository.resolve("objects").resolve(purged)));
        });
  }

  /** A repository in which a prune removes two backups and one object. */
  private static void dueForRemoval(Path place, String purged) throws SQLException {
    lab.run(place, PlainCore.Sync.REFERENCES);
    String id = purged.substring(purged.lastIndexOf('/') + 1);
    execute("CREATE TABLE purged AS SELECT * FROM block WHERE block_id = '" + id + "'");
    execute("GRANT SELECT ON purged TO PUBLIC");
    deleteRow(purged);
    for (int prunes = 0; prunes < 2; prunes++) {
      lab.run(place, PlainCore.Sync.REFERENCES);
      PlainCore.prunes(place, ONE, new StableStorage()).start(false, Trigger.CLI).execute();
    }
    lab.run(place, PlainCore.Sync.REFERENCES);
    lab.run(place, PlainCore.Sync.REFERENCES);
  }

  private static void deleteRow(String key) throws SQLException {
    String id = key.substring(key.lastIndexOf('/') + 1);
    execute("DELETE FROM block WHERE block_id = '" + id + "'");
  }

  private static void execute(String sql) throws SQLException {
    lab.stack().database().execute(ParsecStack.NAME, sql);
  }

  @TestFactory
  Stream<DynamicTest> aCopy() throws Exception {
    Path original = lab.place();
    lab.backup(original);
    lab.stack().data().addBlocks(2);
    lab.backup(original);
    return at(
        List.of(
            new Point("before rename to backup.json", 2),
            new Point("before rename to OBJECT", OBJECTS / 2),
            new Point("after rename to backup.json", 1)),
        (point, environment) -> {
          Path copy = lab.place();
          Map<String, String> more = new TreeMap<>(environment);
          more.put("COPY_TO", RepositoryPlace.setting(copy));
          Victim frozen = start(KillableJob.class, more, original.toString(), "copy", point);
          comesBack(
              frozen,
              copy,
              () ->
                  PlainCore.copies(original, RepositoryPlace.setting(copy), new StableStorage())
                      .start(Trigger.CLI)
                      .execute()
                      .document());
          assertEquals(lab.visible(original), lab.visible(copy));
          // A document with the copy's own id would be in the way of a backup with this id.
          assertEquals(children(original, "backups"), children(copy, "backups"));
        });
  }

  private static Set<String> children(Path repository, String folder) throws IOException {
    try (Stream<Path> files = Files.list(repository.resolve(folder))) {
      return files.map(file -> file.getFileName().toString()).collect(Collectors.toSet());
    }
  }

  private static Victim start(
      Class<?> main, Map<String, String> more, String repository, String kind, Point point) {
    return start(main, more, List.of(repository, kind), point);
  }

  private static Victim start(
      Class<?> main, Map<String, String> more, String repository, Point point) {
    return start(main, more, List.of(repository), point);
  }

  private static Victim start(
      Class<?> main, Map<String, String> more, List<String> first, Point point) {
    RepositoryPlace.setting(Path.of(first.getFirst()));
    Map<String, String> environment = new TreeMap<>(lab.environment());
    environment.putAll(more);
    environment.put("PARSEC_TEST_SIGNAL", "STOP");
    List<String> arguments =
        Stream.concat(first.stream(), Stream.of(point.step(), Integer.toString(point.occurrence())))
            .toList();
    return Victim.java(main, environment, scratch, arguments.toArray(String[]::new));
  }

  /** Waits until the process is stopped and its lease has run out. */
  private static void awaitFree(Victim frozen, Path repository) {
    await()
        .atMost(Duration.ofMinutes(3))
        .until(() -> {
          assertTrue(frozen.isAlive(), frozen::output);
          return frozen.isStopped();
        });
    await().atMost(Duration.ofSeconds(60)).until(() -> !PlainCore.repository(repository).isHeld());
  }

  /**
   * @param taking the work of the run that takes the lock over
   */
  private static void comesBack(Victim frozen, Path repository, Callable<?> taking)
      throws Exception {
    try (frozen) {
      awaitFree(frozen, repository);
      switch (taking.call()) {
        case Backup backup -> assertEquals(JobState.COMPLETE, backup.state(), backup::toString);
        case JobResult result -> assertEquals(JobState.COMPLETE, result.state(), result::toString);
        case Object other -> throw new IllegalStateException(other.toString());
      }
      List<String> published = lab.visible(repository);
      Map<String, String> before = files(repository);
      frozen.resume();
      assertEquals(1, frozen.exitCode(), frozen::output);
      assertTrue(frozen.output().contains("the lock of the repository was lost"), frozen::output);
      assertEquals(published, lab.visible(repository), frozen::output);
      assertEquals(before, files(repository), frozen::output);
    }
    allAreIntact(repository);
  }

  /** The digests of all files but the lock and the records of runs and jobs. */
  private static Map<String, String> files(Path repository) {
    Map<String, String> files = new TreeMap<>(new RepositoryProof(repository).everything());
    files
        .keySet()
        .removeIf(name ->
            name.equals("lock")
                || name.startsWith("runs/")
                || name.matches("checks/[^/]*-[a-z]+\\.json"));
    return files;
  }

  private static void allAreIntact(Path repository) {
    new RepositoryProof(repository).allAreWhole();
    Set<String> found = new TreeSet<>();
    for (String id : lab.visible(repository)) {
      JobResult verified =
          PlainCore.jobs(repository, lab.environment())
              .verification(id, Subset.ALL, Trigger.CLI)
              .execute()
              .document();
      assertEquals(JobState.COMPLETE, verified.state(), verified::toString);
      found.add(id);
    }
    assertTrue(!found.isEmpty());
  }
}
