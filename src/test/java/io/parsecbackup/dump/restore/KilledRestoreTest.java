package io.parsecbackup.dump.restore;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parsecbackup.dump.archive.DumpFormat;
import io.parsecbackup.postgres.connection.DatabaseUri;
import io.parsecbackup.testing.Checkpoints;
import io.parsecbackup.testing.EmbeddedDatabase;
import io.parsecbackup.testing.KillPoints;
import io.parsecbackup.testing.Victim;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * The program is killed, by a real {@code kill -9}, before and after each of its steps: the
 * database contains either the old or the new data, complete, and the next call does the rest. To
 * save time, some tests stop in this process instead: the call never returns, and the server ends
 * its sessions, as it does after a kill. With {@code -Dkill.all=true}, each test of the first four
 * kinds kills. The fifth throws an error in this process, and nothing cleans up after it.
 */
class KilledRestoreTest {

  private static final String OTHER = "20261123T020000Z";

  @TempDir static Path folder;

  private static EmbeddedDatabase server;
  private static Path dump;
  private static Path folderDump;
  private static String newContent;
  private static String oldContent;

  @BeforeAll
  static void start() {
    server = EmbeddedDatabase.open();
    Databases.fill(server, "parsec");
    dump = Databases.dump(uri("parsec"), DumpFormat.CUSTOM, folder.resolve("database.dump"));
    folderDump = Databases.dump(uri("parsec"), DumpFormat.DIRECTORY, folder.resolve("database"));
    newContent = Databases.content(uri("parsec"));
    server.dropDatabase("parsec");
    prepare("replace");
    oldContent = Databases.content(uri("live"));
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @TestFactory
  Stream<DynamicTest> aReplacement() {
    return replacement("replace");
  }

  @TestFactory
  Stream<DynamicTest> aReplacementByAFolderWithFourConnections() {
    return replacement("replace-4");
  }

  private static Stream<DynamicTest> replacement(String how) {
    return points(
        how,
        allWasDone -> {
          String content = contentOfLive();
          assertTrue(content.equals(oldContent) || content.equals(newContent), content);
          if (!allWasDone) {
            again(how, RestoreFixture.BACKUP);
          }
          assertEquals(newContent, Databases.content(uri("live")));
          String kept = onlyLiveAndKept();
          assertEquals(oldContent, Databases.content(uri(kept)));
        });
  }

  @TestFactory
  Stream<DynamicTest> aReplacementThatIsFollowedByOneOfAnotherBackup() {
    return points(
        "replace",
        KilledRestoreTest::cutOff,
        allWasDone -> {
          again("replace", OTHER);
          assertEquals(newContent, Databases.content(uri("live")));
          List<String> all = RestoreFixture.databases(server);
          assertEquals("live the live one", all.getFirst());
          assertTrue(
              all.stream().skip(1).allMatch(n -> n.matches("live_before_\\w+ the live one")),
              all::toString);
          assertTrue(
              all.stream()
                  .skip(1)
                  .anyMatch(n -> Databases.content(uri(n.split(" ", 2)[0])).equals(oldContent)));
        });
  }

  @TestFactory
  Stream<DynamicTest> theCreationOfADatabase() {
    return creation("create");
  }

  @TestFactory
  Stream<DynamicTest> theCreationOfADatabaseWithTwoConnections() {
    return creation("create-2");
  }

  private static Stream<DynamicTest> creation(String how) {
    return points(
        how,
        allWasDone -> {
          // Until it is complete, the database does not have its name.
          boolean exists =
              RestoreFixture.databases(server).stream().anyMatch(n -> n.equals("live"));
          assertTrue(
              KillableRestore.jobs(how) == 1
                  || !exists
                  || newContent.equals(Databases.content(uri("live"))));
          if (!allWasDone && !(exists && KillableRestore.jobs(how) > 1)) {
            again(how, RestoreFixture.BACKUP);
          }
          assertEquals(List.of("live"), RestoreFixture.databases(server));
          assertEquals(newContent, Databases.content(uri("live")));
        });
  }

  @TestFactory
  Stream<DynamicTest> theFillingOfADatabase() {
    return points(
        "fill",
        allWasDone -> {
          if (!allWasDone) {
            again("fill", RestoreFixture.BACKUP);
          }
          assertEquals(List.of("live the live one"), RestoreFixture.databases(server));
          assertEquals(newContent, Databases.content(uri("live")));
        });
  }

  @TestFactory
  Stream<DynamicTest> aScratchDatabase() {
    return points(
        "scratch",
        allWasDone -> {
          assertTrue(RestoreFixture.databases(server).size() <= 1);
          again("scratch", RestoreFixture.BACKUP);
          assertEquals(List.of(), RestoreFixture.databases(server));
        });
  }

  private static final class SimulatedKill extends Error {
    private static final long serialVersionUID = 1;
  }

  /** How the program ends at a step. */
  private interface End {
    void at(String how, String step, int occurrence) throws InterruptedException;
  }

  private interface Proof {
    void afterTheKill(boolean allWasDone);
  }

  /** Each step that an undisturbed run reaches. */
  private static Stream<DynamicTest> points(String how, Proof proof) {
    AtomicInteger tests = new AtomicInteger();
    return points(
        how,
        (kind, step, occurrence) -> {
          if (KillPoints.isReal(tests.getAndIncrement())) {
            kill(kind, step, occurrence);
          } else {
            abandon(kind, step, occurrence);
          }
        },
        proof);
  }

  private static Stream<DynamicTest> points(String how, End end, Proof proof) {
    prepare(how);
    List<String> reached = new ArrayList<>();
    Checkpoints checkpoints = new Checkpoints((name, occurrence) -> reached.add(name));
    run(RestoreFixture.restorer(checkpoints), how, RestoreFixture.BACKUP);
    assertTrue(checkpoints.counts().size() >= 6, () -> checkpoints.counts().toString());
    return checkpoints.counts().entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .flatMap(step ->
            Stream.iterate(1, n -> n <= step.getValue(), n -> n + 1)
                .map(n ->
                    DynamicTest.dynamicTest(
                        step.getKey() + " " + n,
                        () -> {
                          prepare(how);
                          end.at(how, step.getKey(), n);
                          proof.afterTheKill(step.getKey().equals(reached.getLast()));
                        })));
  }

  /** With several connections, one kind reads a file and the other one a folder of files. */
  private static Path dump(String how) {
    return how.equals("replace-4") ? folderDump : dump;
  }

  private static void prepare(String how) {
    RestoreFixture.query(
            server,
            "postgres",
            "SELECT datname FROM pg_database WHERE datname NOT IN ('postgres', 'template0',"
                + " 'template1')")
        .forEach(server::dropDatabase);
    if (how.startsWith("replace") || how.equals("fill")) {
      server.createDatabase("live");
      server.execute("postgres", "COMMENT ON DATABASE live IS 'the live one'");
    }
    if (how.startsWith("replace")) {
      server.execute("live", "CREATE TABLE old (a int)", "INSERT INTO old VALUES (7)");
    }
  }

  private static void kill(String how, String step, int occurrence) throws InterruptedException {
    try (Victim victim =
        Victim.java(
            KillableRestore.class,
            Map.of("TARGET", server.uri("live"), "HOME", "/nonexistent"),
            folder,
            dump(how).toString(),
            RestoreFixture.BACKUP,
            how,
            step,
            Integer.toString(occurrence))) {
      assertEquals(Victim.KILLED, victim.exitCode(), victim::output);
      victim.awaitNoSurvivors();
    }
  }

  /** Stops at this step for ever, and ends the sessions of the call. */
  private static void abandon(String how, String step, int occurrence) throws InterruptedException {
    CountDownLatch reached = new CountDownLatch(1);
    Checkpoints checkpoints =
        new Checkpoints((name, n) -> {
          if (name.equals(step) && n == occurrence) {
            reached.countDown();
            while (true) {
              LockSupport.park();
            }
          }
        });
    Thread.ofPlatform()
        .daemon()
        .start(() -> run(RestoreFixture.restorer(checkpoints), how, RestoreFixture.BACKUP));
    assertTrue(reached.await(60, TimeUnit.SECONDS));
    assertFalse(
        RestoreFixture.query(
                server,
                "postgres",
                "SELECT pg_terminate_backend(pid, 60000) FROM pg_stat_activity"
                    + " WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()")
            .contains("f"));
  }

  private static void cutOff(String how, String step, int occurrence) {
    Checkpoints checkpoints =
        new Checkpoints((name, n) -> {
          if (name.equals(step) && n == occurrence) {
            throw new SimulatedKill();
          }
        });
    assertThrows(
        SimulatedKill.class,
        () -> run(RestoreFixture.restorer(checkpoints), how, RestoreFixture.BACKUP));
  }

  private static void again(String how, String backup) {
    run(RestoreFixture.restorer(), how, backup);
  }

  private static void run(DatabaseRestorer restorer, String how, String backup) {
    KillableRestore.run(
        restorer.withJobs(KillableRestore.jobs(how)),
        uri("live"),
        RestoreFixture.source(dump(how), backup),
        how);
  }

  /** The content of the database; a closed database is opened to read it, and closed again. */
  private static String contentOfLive() {
    boolean closed =
        RestoreFixture.databases(server).stream().anyMatch(n -> n.startsWith("live closed"));
    if (closed) {
      server.execute("postgres", "ALTER DATABASE live ALLOW_CONNECTIONS true");
    }
    String content = Databases.content(uri("live"));
    if (closed) {
      server.execute("postgres", "ALTER DATABASE live ALLOW_CONNECTIONS false");
    }
    return content;
  }

  private static String onlyLiveAndKept() {
    List<String> all = RestoreFixture.databases(server);
    assertEquals(2, all.size(), all::toString);
    assertEquals("live the live one", all.getFirst());
    assertTrue(all.getLast().matches("live_before_\\w+ the live one"), all::toString);
    return all.getLast().split(" ", 2)[0];
  }

  private static DatabaseUri uri(String database) {
    return Databases.uri(server.uri(database));
  }
}
