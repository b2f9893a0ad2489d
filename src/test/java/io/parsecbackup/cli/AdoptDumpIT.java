package io.parsecbackup.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.parsecbackup.testing.AwsCli;
import io.parsecbackup.testing.EmbeddedDatabase;
import io.parsecbackup.testing.Fault;
import io.parsecbackup.testing.FaultyProxy;
import io.parsecbackup.testing.PackagedProgram;
import io.parsecbackup.testing.PackagedProgram.Ended;
import io.parsecbackup.testing.ParsecData;
import io.parsecbackup.testing.ParsecStack;
import io.parsecbackup.testing.S3Request.Kind;
import io.parsecbackup.testing.TreeComparison;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Adopts files made by hand with {@code pg_dump} and {@code aws s3 sync} as a backup. */
class AdoptDumpIT {

  @TempDir static Path folder;
  private static ParsecStack stack;

  /** Another server, to restore into. */
  private static EmbeddedDatabase server;

  private static Path synced;

  @BeforeAll
  static void start() throws Exception {
    stack = ParsecStack.start(ParsecData.Spec.of(60, 4096).unreferenced(2, 2));
    server = EmbeddedDatabase.open();
    server.createRole("parsec", "secret");
    synced = folder.resolve("synced");
    syncByHand(synced);
  }

  @AfterAll
  static void stop() {
    server.close();
    stack.close();
  }

  /** A dump as an operator makes it. */
  private static Path dump(String name, String... arguments) throws Exception {
    Path file = folder.resolve(name);
    List<String> command =
        new java.util.ArrayList<>(
            List.of("pg_dump", "--dbname=" + stack.databaseUri(), "--file=" + file));
    command.addAll(List.of(arguments));
    Shell.Result made = Shell.in(folder, command.toArray(String[]::new));
    assertEquals(0, made.exitCode(), made.output());
    return file;
  }

  /** What a sync of the unchanged bucket leaves. */
  private static void copySynced(Path objects) throws Exception {
    Files.createDirectories(objects.getParent());
    Shell.Result copy = Shell.in(folder, "cp", "-a", synced.toString(), objects.toString());
    assertEquals(0, copy.exitCode(), copy.output());
  }

  private static void syncByHand(Path objects) throws Exception {
    Shell.Result sync =
        Shell.with(
            folder,
            AwsCli.environment(stack.s3()),
            List.of(
                "aws",
                "--endpoint-url",
                stack.s3().endpoint().toString(),
                "s3",
                "sync",
                "--only-show-errors",
                "s3://parsec",
                objects.toString()));
    assertEquals(0, sync.exitCode(), sync.output());
  }

  @ParameterizedTest
  @ValueSource(strings = {"custom", "plain"})
  void makesABackupLikeAnyOther(String format) throws Exception {
    boolean custom = format.equals("custom");
    Path dump = dump("by-hand." + format, "--format=" + format);
    String expected = Shell.plainDump(stack.databaseUri());
    try (FaultyProxy proxy = FaultyProxy.before(stack.s3().endpoint())) {
      Place place = Place.through(proxy, stack, folder.resolve("adopted-" + format));
      copySynced(place.objects());
      List<String> keys = List.copyOf(stack.bucket().list());
      Files.writeString(place.objects().resolve(keys.get(3)), "not what the bucket holds");
      Files.delete(place.objects().resolve(keys.get(5)));

      Ended adopt = place.run("adopt", dump.toString(), "--json");

      assertEquals(0, adopt.exitCode(), adopt.all());
      assertEquals("adopt", adopt.json().path("kind").asText());
      assertEquals("complete", adopt.json().path("state").asText());
      assertEquals(62, adopt.json().path("checked").path("objects").asInt());
      assertFalse(adopt.json().path("warnings").toString().contains("refers to"), adopt.all());
      String id = adopt.json().path("backup").asText();
      assertEquals(List.of(id), place.published());
      assertEquals(List.of(keys.get(3), keys.get(5)), proxy.fetched().stream().sorted().toList());
      assertTrue(TreeComparison.of(place.objects(), stack.bucket()).isExact());

      JsonNode backup = place.run("list", "--json").json().path("backups").path(0);
      assertEquals(id, backup.path("id").asText(), backup.toString());
      assertEquals("cli", backup.path("trigger").asText());
      assertEquals(format, backup.path("dump").path("format").asText());
      assertEquals("parsec", backup.path("postgres").path("database").asText());
      assertEquals(24, backup.path("postgres").path("parsecMigration").asInt());
      assertEquals(2, backup.path("objects").path("copied").asInt());
      assertEquals(62, backup.path("objects").path("skipped").asInt());
      assertEquals(60, backup.path("objects").path("referenced").asInt());
      assertEquals(
          stack.data().referencedKeys().stream().map(key -> key + "\t4096").toList(),
          Files.readAllLines(place.repository().resolve("backups/" + id + "/references.tsv")));
      Instant snapshotAt = Instant.parse(backup.path("snapshotAt").asText());
      assertTrue(snapshotAt.isBefore(Instant.parse(backup.path("startedAt").asText())));

      String file = "backups/" + id + "/" + (custom ? "database.dump" : "database.sql");
      assertEquals(-1, Files.mismatch(dump, place.repository().resolve(file)));
      Shell.Result sums =
          Shell.in(place.repository(), "sha256sum", "-c", "backups/" + id + "/SHA256SUMS");
      assertEquals(0, sums.exitCode(), sums.output());
      assertEquals(expected, restored(custom, place.repository().resolve(file)));

      proxy.reset();
      Ended next = place.run("backup", "--json");
      assertEquals(0, next.exitCode(), next.all());
      assertEquals(List.of(), proxy.fetched());
    }
  }

  private static String restored(boolean custom, Path dump) throws Exception {
    String name = custom ? "custom" : "plain";
    server.createDatabase(name, "parsec");
    String uri = server.uri(name);
    Shell.Result restore =
        custom
            ? Shell.in(folder, "pg_restore", "-1", "--dbname=" + uri, dump.toString())
            : Shell.in(folder, "psql", "-Xq1", "-vON_ERROR_STOP=1", "-f", dump.toString(), uri);
    assertEquals(0, restore.exitCode(), restore.output());
    return Shell.plainDump(uri);
  }

  @Test
  void publishesNothingOfATruncatedDump() throws Exception {
    byte[] whole = Files.readAllBytes(dump("whole.dump", "--format=custom"));
    Path half = Files.write(folder.resolve("half.dump"), Arrays.copyOf(whole, whole.length / 2));
    Place place = Place.of(stack, folder.resolve("half"));
    Ended adopt = place.run("adopt", half.toString());
    assertEquals(1, adopt.exitCode(), adopt.all());
    assertTrue(adopt.stderr().contains(half.toString()), adopt.stderr());
    assertEquals(List.of(), place.published());
    JsonNode run = place.run("list", "--all", "--json").json().path("backups").path(0);
    assertEquals("failed", run.path("state").asText(), run.toString());
    assertTrue(run.path("error").asText().contains("not a complete dump"), run.toString());
    assertEquals(1, place.run("adopt", folder.resolve("none.dump").toString()).exitCode());
  }

  @Test
  void leavesNoBackupWhenKilledAndCanBeRepeated() throws Exception {
    Path dump = dump("killed.dump", "--format=custom");
    try (FaultyProxy proxy = FaultyProxy.before(stack.s3().endpoint())) {
      Place place = Place.through(proxy, stack, folder.resolve("killed"));
      copySynced(place.objects());
      String last = stack.bucket().list().last();
      Files.delete(place.objects().resolve(last));
      proxy.when(Kind.GET_OBJECT, new Fault.Hang());
      try (PackagedProgram program = place.start("adopt", dump.toString())) {
        Awaitility.await()
            .atMost(Duration.ofSeconds(60))
            .until(() -> proxy.count(Kind.GET_OBJECT) > 0);
        program.signal("KILL");
        assertNotEquals(0, program.await().exitCode());
      }
      assertEquals(List.of(), place.published());
      JsonNode run = place.run("list", "--all", "--json").json().path("backups").path(0);
      assertEquals("failed", run.path("state").asText(), run.toString());

      proxy.reset();
      Ended again = place.run("adopt", dump.toString(), "--json");
      assertEquals(0, again.exitCode(), again.all());
      assertEquals(List.of(last), proxy.fetched());
      assertEquals(List.of(again.json().path("backup").asText()), place.published());
      assertTrue(TreeComparison.of(place.objects(), stack.bucket()).isExact());
    }
  }

  @Test
  void isIncompleteWhenTheDumpRefersToAMissingObject() throws Exception {
    stack.database().execute(ParsecStack.NAME, "UPDATE block SET size = 4097 WHERE _id = 1");
    Path dump = dump("other-size.dump", "--format=custom");
    stack.database().execute(ParsecStack.NAME, "UPDATE block SET size = 4096 WHERE _id = 1");
    Place place = Place.of(stack, folder.resolve("other-size"));
    Ended adopt = place.run("adopt", dump.toString());
    assertEquals(3, adopt.exitCode(), adopt.all());
    Path backup = place.repository().resolve("backups/" + place.published().getFirst());
    assertEquals(1, Files.readAllLines(backup.resolve("missing.txt")).size());
  }

  @Test
  void isIncompleteWhenAnObjectIsMissingAndNeverTheLatestWhenItIsOlder() throws Exception {
    Path dump = dump("old.sql");
    Files.setLastModifiedTime(dump, FileTime.from(Instant.parse("2026-01-02T03:04:05Z")));
    try (FaultyProxy proxy = FaultyProxy.before(stack.s3().endpoint())) {
      Place place = Place.through(proxy, stack, folder.resolve("old"));
      String lost = stack.bucket().list().first();
      proxy.when(Kind.GET_OBJECT, lost, Fault.status(404));
      Ended incomplete = place.run("adopt", dump.toString());
      assertEquals(3, incomplete.exitCode(), incomplete.all());
      assertTrue(incomplete.stderr().contains("missing.txt"), incomplete.stderr());
      assertTrue(
          Files.readString(
                  place
                      .repository()
                      .resolve("backups/" + place.published().getFirst())
                      .resolve("missing.txt"))
              .startsWith(lost));

      proxy.reset();
      Ended backup = place.run("backup", "--json");
      assertEquals(0, backup.exitCode(), backup.all());
      Ended adopt = place.run("adopt", dump.toString(), "--json");
      assertEquals(0, adopt.exitCode(), adopt.all());
      JsonNode adopted = place.run("show", adopt.json().path("backup").asText(), "--json").json();
      assertEquals("2026-01-02T03:04:05Z", adopted.path("snapshotAt").asText());
      assertEquals(
          backup.json().path("id"), place.run("show", "latest", "--json").json().path("id"));
    }
  }
}
