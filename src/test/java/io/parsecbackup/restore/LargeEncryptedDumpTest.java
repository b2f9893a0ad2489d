package io.parsecbackup.restore;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parsecbackup.backup.Backup;
import io.parsecbackup.job.JobResult;
import io.parsecbackup.job.JobState;
import io.parsecbackup.job.Trigger;
import io.parsecbackup.repository.storage.folder.StableStorage;
import io.parsecbackup.testing.AgeKeys;
import io.parsecbackup.testing.CrashLab;
import io.parsecbackup.testing.KillPoints;
import io.parsecbackup.testing.KillableBackup;
import io.parsecbackup.testing.KillableJob;
import io.parsecbackup.testing.ParsecData;
import io.parsecbackup.testing.ParsecStack;
import io.parsecbackup.testing.PlainCore;
import io.parsecbackup.testing.RepositoryPlace;
import io.parsecbackup.testing.Tool;
import io.parsecbackup.testing.Victim;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Jobs of an encrypted dump that is large enough to meet them in the middle of their work. No file
 * of a repository, of its cache or of a temporary folder ever has a readable part of the dump:
 * after a whole cycle of jobs, and after a {@code kill -9} of each. Nothing is half-restored then,
 * and the same job succeeds. And no job reads the dump more often than it must.
 */
class LargeEncryptedDumpTest {

  /** Large enough that a kill hits the middle of the work. */
  private static final int PEOPLE = 60_000;

  /** What a plain dump begins with, and what is in its rows. A custom dump compresses its rows. */
  private static final List<String> READABLE = List.of("PGDMP", "@example.com", "COPY public.");

  private static final AgeKeys KEYS = AgeKeys.create();

  @TempDir static Path scratch;
  @TempDir static Path elsewhere;
  private static CrashLab lab;
  private static Connection server;
  private static Map<String, String> settings;

  @BeforeAll
  static void start() throws Exception {
    lab = CrashLab.start(ParsecData.Spec.of(6, 512), scratch);
    lab.stack().allowDatabases();
    lab.stack()
        .database()
        .execute(
            ParsecStack.NAME,
            "CREATE TABLE people AS SELECT 'person' || i || '@example.com' AS email,"
                + " repeat(md5(i::text), 8) AS label FROM generate_series(1, "
                + PEOPLE
                + ") i",
            "ALTER TABLE people OWNER TO " + ParsecStack.NAME);
    server = lab.stack().database().connect("postgres");
    settings = new TreeMap<>(lab.environment());
    settings.putAll(AgeKeys.recipients(KEYS));
    settings.putAll(AgeKeys.identity(AgeKeys.file(scratch, KEYS)));
  }

  @AfterAll
  static void stop() throws SQLException {
    server.close();
    lab.close();
  }

  private static Map<String, String> with(String format) {
    Map<String, String> all = new TreeMap<>(settings);
    all.put("PARSEC_BACKUP_DUMP_FORMAT", format);
    return all;
  }

  private static Backup backup(Path repository, Map<String, String> environment) {
    Backup backup =
        PlainCore.backups(repository, environment, new StableStorage())
            .start(Trigger.CLI)
            .execute()
            .document();
    assertEquals(JobState.COMPLETE, backup.state(), backup::toString);
    return backup;
  }

  /** The files below a folder that have readable parts of a dump, and these parts. */
  private static List<String> readable(Path folder) {
    List<String> found = new ArrayList<>();
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : (Iterable<Path>) files.filter(Files::isRegularFile)::iterator) {
        String content = Files.readString(file, StandardCharsets.ISO_8859_1);
        READABLE.stream()
            .filter(content::contains)
            .forEach(part -> found.add(folder.relativize(file) + " has " + part));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return found;
  }

  private static void assertNothingReadable(Path... repositories) {
    List<String> found = readable(scratch);
    for (Path repository : repositories) {
      // The cache of a bucket is elsewhere.
      found.addAll(
          readable(Objects.requireNonNull(RepositoryPlace.scratch(repository).getParent())));
    }
    assertEquals(List.of(), found);
  }

  @Test
  void theSearchFindsADumpThatIsNotEncrypted() {
    for (String format : List.of("custom", "plain")) {
      Map<String, String> open = new TreeMap<>(lab.environment());
      open.put("PARSEC_BACKUP_DUMP_FORMAT", format);
      Path repository = elsewhere.resolve(format);
      backup(repository, open);
      assertFalse(readable(repository).isEmpty(), format);
    }
  }

  static Stream<String> formats() {
    return KillPoints.some(List.of("plain"), List.of("custom"));
  }

  @ParameterizedTest
  @MethodSource("formats")
  void aWholeCycle(String format) throws Exception {
    Path repository = lab.place();
    Path copy = lab.place();
    Map<String, String> environment = with(format);
    backup(repository, environment);
    backup(repository, environment);
    complete(KillableJob.begin(PlainCore.jobs(repository, environment), "verify").execute());
    complete(KillableJob.begin(PlainCore.jobs(repository, environment), "drill").execute());
    complete(
        PlainCore.copies(repository, RepositoryPlace.setting(copy), new StableStorage())
            .start(Trigger.CLI)
            .execute());
    complete(
        PlainCore.prunes(
                repository,
                new PlainCore.Retention("1", "referenced"),
                new StableStorage(),
                PlainCore.encryption(environment))
            .start(false, Trigger.CLI)
            .execute());
    ParsecStack.Target target = lab.stack().target("cycle-" + format);
    for (Path source : List.of(repository, copy)) {
      complete(KillableJob.begin(PlainCore.jobs(source, into(target)), "restore").execute());
      assertEquals(PEOPLE, people(target));
    }
    assertNothingReadable(repository, copy);
  }

  private static void complete(io.parsecbackup.job.JobEnd<JobResult> end) {
    assertEquals(JobState.COMPLETE, end.document().state(), end::toString);
  }

  private static Map<String, String> into(ParsecStack.Target target) {
    Map<String, String> all = new TreeMap<>(settings);
    all.put("PARSEC_DB", target.databaseUri());
    all.put("PARSEC_BLOCKSTORE", target.blockstore());
    return all;
  }

  @ParameterizedTest
  @MethodSource("formats")
  void aBackupThatIsKilledWhileItDumps(String format) throws Exception {
    Path repository = lab.place();
    Path folder = RepositoryPlace.scratch(repository);
    killed(
        () ->
            Victim.java(
                KillableBackup.class, with(format), scratch, repository.toString(), "never", "1"),
        () -> largestDump(folder) > 1 << 20);
    assertTrue(largestDump(folder) > 0, "the kill came before the dump");
    assertNothingReadable(repository);
    RepositoryPlace.awaitFree(repository);
    backup(repository, with(format));
    assertNothingReadable(repository);
    assertEquals(0, largestDump(folder));
  }

  private static long largestDump(Path folder) {
    try (Stream<Path> files = Files.walk(folder)) {
      return files
          .filter(file -> file.getFileName().toString().matches("database\\.(dump|sql)\\.age"))
          .mapToLong(file -> file.toFile().length())
          .max()
          .orElse(0);
    } catch (IOException | UncheckedIOException notYet) {
      return 0;
    }
  }

  static Stream<Arguments> jobs() {
    return KillPoints.some(
        List.of(
            Arguments.of("verify", "custom"),
            Arguments.of("drill", "custom"),
            Arguments.of("restore", "plain")),
        List.of(
            Arguments.of("verify", "plain"),
            Arguments.of("drill", "plain"),
            Arguments.of("restore", "custom")));
  }

  /** A verification decrypts for pg_restore or for this program; the others fill a database. */
  @ParameterizedTest
  @MethodSource("jobs")
  void aJobThatIsKilledWhileItDecrypts(String kind, String format) throws Exception {
    Path repository = lab.place();
    backup(repository, with(format));
    ParsecStack.Target target = lab.stack().target("killed-" + kind + "-" + format);
    Map<String, String> environment = kind.equals("restore") ? into(target) : settings;
    killed(
        () ->
            Victim.java(
                KillableJob.class, environment, scratch, repository.toString(), kind, "never", "1"),
        kind.equals("verify") ? () -> reads(repository, format) : LargeEncryptedDumpTest::fills);
    assertNothingReadable(repository);
    assertEquals(0, people(target), "half-restored");
    RepositoryPlace.awaitFree(repository);
    complete(KillableJob.begin(PlainCore.jobs(repository, environment), kind).execute());
    assertEquals(kind.equals("restore") ? PEOPLE : 0, people(target));
    assertNothingReadable(repository);
  }

  static Stream<Arguments> passes() {
    return KillPoints.some(
        List.of(
            Arguments.of("verify", "custom", 2),
            Arguments.of("drill", "custom", 3),
            Arguments.of("restore", "custom", 3)),
        List.of(
            Arguments.of("verify", "plain", 3),
            Arguments.of("drill", "plain", 4),
            Arguments.of("restore", "plain", 4)));
  }

  /**
   * The digest and, decrypted, the content each need one pass. A restore and a drill read the
   * content before they fill a database: only the end of the file proves that nothing was cut off.
   * The facts of an archive are at its start, and those of a script are anywhere.
   */
  @ParameterizedTest
  @MethodSource("passes")
  void noJobReadsTheDumpMoreOftenThanItMust(String kind, String format, int times)
      throws Exception {
    Path repository = lab.place();
    long size = backup(repository, with(format)).dump().orElseThrow().bytes();
    Map<String, String> environment =
        kind.equals("restore") ? into(lab.stack().target("reads-" + format)) : settings;
    JobService jobs = PlainCore.jobs(repository, environment);
    Map<Path, Long> read =
        bytesRead(() -> complete(KillableJob.begin(jobs, kind).execute()), size / 2);
    Path dump = repository.resolve("backups");
    long stored =
        read.entrySet().stream()
            .filter(file -> file.getKey().startsWith(dump))
            .mapToLong(Map.Entry::getValue)
            .sum();
    long all = read.values().stream().mapToLong(Long::longValue).sum();
    boolean bucket = RepositoryPlace.kind() != RepositoryPlace.Kind.FOLDER;
    // A server in this process reads the file that it sends.
    assertEquals(bucket ? 1 : times, Math.round((double) stored / size), () -> size + ": " + read);
    assertEquals(
        bucket ? times : 0, Math.round((double) (all - stored) / size), () -> size + ": " + read);
  }

  /** How much of each file this process reads, of files of which it reads much. */
  private static Map<Path, Long> bytesRead(Runnable work, long much) throws IOException {
    Path events = Files.createTempFile(elsewhere, "reads", ".jfr");
    try (Recording recording = new Recording()) {
      recording.enable("jdk.FileRead").withoutThreshold();
      recording.start();
      work.run();
      recording.stop();
      recording.dump(events);
    }
    Map<Path, Long> read = new TreeMap<>();
    for (RecordedEvent event : RecordingFile.readAllEvents(events)) {
      boolean isRead = event.getEventType().getName().equals("jdk.FileRead");
      // Without a path it is a pipe, such as a child's output.
      if (isRead && event.getString("path") != null && event.getLong("bytesRead") > 0) {
        read.merge(Path.of(event.getString("path")), event.getLong("bytesRead"), Long::sum);
      }
    }
    read.values().removeIf(bytes -> bytes < much);
    return read;
  }

  /** Kills a program when something is true, and waits for the end of its children. */
  private static void killed(Callable<Victim> program, Callable<Boolean> moment) throws Exception {
    try (Victim victim = program.call()) {
      await()
          .pollDelay(Duration.ZERO)
          .pollInterval(Duration.ofMillis(2))
          .atMost(Duration.ofMinutes(2))
          .until(() -> {
            assertTrue(victim.isAlive(), victim::output);
            return moment.call();
          });
      victim.kill();
      assertEquals(Victim.KILLED, victim.exitCode(), victim::output);
      victim.awaitNoSurvivors();
    }
  }

  /** Whether a verification reads the dump. */
  private static boolean reads(Path repository, String format) {
    if (format.equals("custom")) {
      return ProcessHandle.allProcesses()
          .flatMap(process -> process.info().commandLine().stream())
          .anyMatch(line -> line.contains("pg_restore") && line.contains(scratch.toString()));
    }
    try (Stream<Path> jobs = Files.list(RepositoryPlace.scratch(repository))) {
      return jobs.findAny().isPresent();
    } catch (IOException notYet) {
      return false;
    }
  }

  private static boolean fills() throws SQLException {
    try (ResultSet rows =
        server
            .createStatement()
            .executeQuery(
                "SELECT tuples_processed FROM pg_stat_progress_copy WHERE command = 'COPY FROM'"
                    + " AND tuples_processed > 1000")) {
      return rows.next();
    }
  }

  /** The rows of the large table; 0 without the table. */
  private static int people(ParsecStack.Target target) throws Exception {
    String exists =
        new Tool("psql")
            .run(
                "--no-psqlrc",
                "-At",
                "--dbname=" + target.databaseUri(),
                "-c",
                "SELECT to_regclass('public.people') IS NOT NULL")
            .strip();
    return exists.equals("f")
        ? 0
        : Integer.parseInt(
            new Tool("psql")
                .run(
                    "--no-psqlrc",
                    "-At",
                    "--dbname=" + target.databaseUri(),
                    "-c",
                    "SELECT count(*) FROM people")
                .strip());
  }
}
