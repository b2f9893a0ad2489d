package io.parsecbackup.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.parsecbackup.testing.PackagedProgram;
import io.parsecbackup.testing.PackagedProgram.Ended;
import io.parsecbackup.testing.ParsecData;
import io.parsecbackup.testing.ParsecStack;
import io.parsecbackup.testing.RepositoryDamage;
import io.parsecbackup.testing.StoredObject;
import io.parsecbackup.testing.TreeComparison;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.NavigableMap;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Restores from one deployment into another, as an operator does it. */
class RestoreIT {

  @TempDir static Path scratch;
  private static ParsecStack source;
  private static Path prepared;
  private static int targets;

  private static TreeSet<String> referenced;

  @TempDir Path folder;
  private ParsecStack.Target target;
  private Place place;

  @BeforeAll
  static void takeABackup() {
    source =
        ParsecStack.start(ParsecData.Spec.of(40, 4096).unreferenced(2, 2).shared(2))
            .allowDatabases();
    prepared = scratch.resolve("repository");
    referenced = new TreeSet<>(source.data().referencedKeys());
    assertEquals(0, Place.of(source, prepared).byListing().run("backup").exitCode());
  }

  @AfterAll
  static void stop() {
    source.close();
  }

  @BeforeEach
  void makeATarget() throws Exception {
    target = source.target("target-" + ++targets);
    Shell.in(scratch, "cp", "-a", prepared.toString(), folder.resolve("repository").toString());
    place = to(folder.resolve("repository"));
  }

  private Place to(Path repository) {
    return Place.of(source, repository)
        .byListing()
        .with("RESTORE_DB", target.databaseUri())
        .with("RESTORE_BLOCKSTORE", target.blockstore());
  }

  private Ended restore(String... more) {
    String[] arguments =
        Stream.concat(
                Stream.of(
                    "restore",
                    "--database",
                    "env:RESTORE_DB",
                    "--blockstore",
                    "env:RESTORE_BLOCKSTORE"),
                Stream.of(more))
            .toArray(String[]::new);
    return place.run(arguments);
  }

  private void assertIsRestored() throws Exception {
    assertEquals(Shell.plainDump(source.databaseUri()), Shell.plainDump(target.databaseUri()));
    TreeComparison objects =
        TreeComparison.of(place.repository().resolve("objects"), target.bucket());
    assertEquals(referenced, target.bucket().list());
    assertEquals(referenced.size(), objects.same(), objects.toString());
  }

  @Test
  void restoresAWholeDeploymentAndPrintsTheNextSteps() throws Exception {
    Ended dryRun = restore("--dry-run");
    assertEquals(0, dryRun.exitCode(), dryRun.all());
    assertTrue(dryRun.stdout().startsWith("dry run, nothing was changed"), dryRun.stdout());
    assertTrue(dryRun.stdout().contains("40 objects"), dryRun.stdout());
    assertTrue(
        dryRun.stdout().contains("4 objects (16384 bytes) would be left out"), dryRun.stdout());
    assertEquals(0, target.bucket().size());
    assertFalse(Shell.plainDump(target.databaseUri()).contains("CREATE TABLE"));

    Ended restored = restore();
    assertEquals(0, restored.exitCode(), restored.all());
    assertIsRestored();
    for (String word :
        new String[] {"migration 24", "parsec migrate", "sequester", "version conflicts"}) {
      assertTrue(restored.stdout().contains(word), word + " in " + restored.stdout());
    }

    // Again: a database that is not empty is not changed.
    Ended again = restore();
    assertEquals(1, again.exitCode(), again.all());
    assertTrue(again.stderr().contains("--replace"), again.stderr());
    assertTrue(again.stderr().contains("table"), again.stderr());
    assertIsRestored();

    // With --replace: objects that are equal are not uploaded again.
    Ended replaced = restore("--replace", "--json");
    assertEquals(0, replaced.exitCode(), replaced.all());
    JsonNode answer = replaced.json();
    assertEquals("restore", answer.path("kind").asText());
    assertEquals("complete", answer.path("state").asText());
    assertEquals(0, answer.path("checked").path("objects").asInt());
    assertTrue(answer.path("next").toString().contains("DROP DATABASE"), answer.toString());
  }

  @Test
  void restoresAPlainDump() throws Exception {
    place = to(folder.resolve("plain"));
    assertEquals(0, place.with("PARSEC_BACKUP_DUMP_FORMAT", "plain").run("backup").exitCode());
    Ended restored = restore();
    assertEquals(0, restored.exitCode(), restored.all());
    assertIsRestored();
  }

  @Test
  void restoresADumpMadeByHand() throws Exception {
    Path dump = folder.resolve("backup.sql");
    Shell.Result made =
        Shell.in(folder, "pg_dump", "--dbname=" + source.databaseUri(), "--file=" + dump);
    assertEquals(0, made.exitCode(), made.output());
    Ended adopted = place.run("adopt", dump.toString(), "--json");
    assertEquals(0, adopted.exitCode(), adopted.all());
    String id = adopted.json().path("backup").asText();
    Ended restored = restore(id);
    assertEquals(0, restored.exitCode(), restored.all());
    assertIsRestored();
  }

  @Test
  void uploadsMissingObjectsAndKeepsThoseThatDiffer() throws Exception {
    NavigableMap<String, StoredObject> objects = new TreeMap<>(source.bucket().objects());
    objects.keySet().retainAll(referenced);
    target.bucket().put(objects.firstKey(), objects.firstEntry().getValue());
    target.bucket().put(objects.lastKey(), "other bytes");
    target.bucket().put("Stranger/object", "not ours");

    Ended restored = restore("--only", "objects", "--json");
    assertEquals(3, restored.exitCode(), restored.all());
    JsonNode answer = restored.json();
    assertEquals(38, answer.path("checked").path("objects").asInt(), answer.toString());
    assertEquals(objects.lastKey(), answer.path("findings").path(0).path("key").asText());
    assertEquals("differs", answer.path("findings").path(0).path("problem").asText());
    assertEquals("other bytes", new String(target.bucket().get(objects.lastKey()).orElseThrow()));

    assertEquals(0, restore("--only", "objects", "--replace").exitCode());
    assertTrue(target.bucket().get("Stranger/object").isPresent());
    assertEquals(
        objects.lastEntry().getValue().etag(),
        target.bucket().object(objects.lastKey()).orElseThrow().etag());
    assertFalse(Shell.plainDump(target.databaseUri()).contains("CREATE TABLE"));

    assertEquals(0, restore("--only", "database").exitCode());
    assertEquals(Shell.plainDump(source.databaseUri()), Shell.plainDump(target.databaseUri()));
  }

  @Test
  void skipsADamagedObjectAndNamesIt() throws Exception {
    String key = referenced.first();
    RepositoryDamage.flip(place.objects().resolve(key));
    Ended restored = restore("--json");
    assertEquals(3, restored.exitCode(), restored.all());
    assertEquals(key, restored.json().path("findings").path(0).path("key").asText());
    assertEquals("digest", restored.json().path("findings").path(0).path("problem").asText());
    assertFalse(target.bucket().get(key).isPresent());
    assertEquals(referenced.size() - 1, target.bucket().size());
  }

  @Test
  void changesNothingWhenTheBackupIsDamaged() throws Exception {
    String id = place.published().getFirst();
    RepositoryDamage.flip(place.repository().resolve("backups/" + id + "/database.dump"));
    Ended restored = restore();
    assertEquals(1, restored.exitCode(), restored.all());
    assertTrue(restored.stderr().contains("database.dump"), restored.stderr());
    assertEquals(0, target.bucket().size());
    assertFalse(Shell.plainDump(target.databaseUri()).contains("CREATE TABLE"));
  }

  @Test
  void uploadsVerifiedObjectsWhenTheIndexIsDamaged() throws Exception {
    String id = place.published().getFirst();
    RepositoryDamage.flip(place.repository().resolve("index/" + id + ".tsv"));
    Ended restored = restore("--json");
    assertEquals(3, restored.exitCode(), restored.all());
    assertEquals(
        "index/" + id + ".tsv", restored.json().path("findings").path(0).path("key").asText());
    assertTrue(target.bucket().size() >= referenced.size() - 1);
    assertEquals(Shell.plainDump(source.databaseUri()), Shell.plainDump(target.databaseUri()));
  }

  @Test
  void refusesASecretInAnArgument() throws Exception {
    for (String[] arguments :
        new String[][] {
          {"restore", "--database", "postgresql://parsec:s3cr3t@127.0.0.1/parsec"},
          {"restore", "--database", "postgresql://parsec@127.0.0.1/parsec?password=s3cr3t"},
          {"restore", "--blockstore", "s3:http\\://127.0.0.1\\:1:r:b:k:s3cr3t"}
        }) {
      Ended refused = place.run(arguments);
      assertEquals(2, refused.exitCode(), refused.all());
      assertTrue(refused.stderr().contains("env:NAME"), refused.stderr());
      assertFalse(refused.all().contains("s3cr3t"), refused.all());
    }
    Ended misplaced = place.run("restore", "postgresql://parsec:s3cr3t@127.0.0.1/parsec");
    assertEquals(2, misplaced.exitCode(), misplaced.all());
    assertFalse(misplaced.all().contains("s3cr3t"), misplaced.all());
    Ended unknown = place.run("restore", "--database", "env:NO_SUCH_NAME");
    assertEquals(2, unknown.exitCode(), unknown.all());
    assertTrue(unknown.stderr().contains("NO_SUCH_NAME"), unknown.stderr());
  }

  @Test
  void readsATargetFromAFile() throws Exception {
    Path secret = folder.resolve("target");
    Files.writeString(secret, target.databaseUri() + "\n");
    Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("rw-------"));
    Ended restored = place.run("restore", "--only", "database", "--database", "@" + secret);
    assertEquals(0, restored.exitCode(), restored.all());
    assertEquals(Shell.plainDump(source.databaseUri()), Shell.plainDump(target.databaseUri()));
  }

  @Test
  void restoresIntoTheConfiguredStoresWhenNoOtherIsNamed() throws Exception {
    Ended restored =
        place
            .with("PARSEC_DB", target.databaseUri())
            .with("PARSEC_BLOCKSTORE", target.blockstore())
            .run("restore");
    assertEquals(0, restored.exitCode(), restored.all());
    assertIsRestored();
  }

  @Test
  void verifiesAndDrillsFromTheCommandLine() throws Exception {
    Ended verified = place.run("verify", "--json");
    assertEquals(0, verified.exitCode(), verified.all());
    assertEquals(44, verified.json().path("checked").path("objects").asInt());
    Ended part = place.run("verify", "--subset", "2/3", "--json");
    assertEquals("2/3", part.json().path("subset").asText());
    Ended wrong = place.run("verify", "--subset", "4/3");
    assertEquals(2, wrong.exitCode(), wrong.all());

    Ended drilled = place.run("drill", "--json");
    assertEquals(0, drilled.exitCode(), drilled.all());
    assertEquals("complete", drilled.json().path("state").asText());
    assertEquals(
        0,
        Shell.query(source.databaseUri(), "SELECT 1 FROM pg_database WHERE datname LIKE '%drill%'")
            .size());
    Ended doctor = place.run("doctor");
    assertTrue(doctor.stdout().contains("drill"), doctor.stdout());
    assertTrue(doctor.stdout().contains("no problems"), doctor.stdout());

    RepositoryDamage.flip(place.objects().resolve(source.bucket().list().first()));
    Ended damaged = place.run("verify");
    assertEquals(3, damaged.exitCode(), damaged.all());
    assertTrue(damaged.stdout().contains(source.bucket().list().first()), damaged.stdout());
  }

  /**
   * The time of the kill is random, so that the rounds hit different steps. {@code
   * -Dkill.rounds=50}, which {@code .ci/run} sets, makes ten rounds instead of one.
   */
  @Test
  void finishesARestoreThatWasKilledAtAnyPoint() throws Exception {
    Shell.query(target.databaseUri(), "CREATE TABLE old (a int)");
    String old = Shell.plainDump(target.databaseUri());
    String wanted = Shell.plainDump(source.databaseUri());
    long start = System.nanoTime();
    assertEquals(0, restore("--dry-run", "--replace").exitCode());
    long whole = 2 * (System.nanoTime() - start);
    Random chance = new Random();
    for (int round = 0; round < Integer.getInteger("kill.rounds", 5) / 5; round++) {
      try (PackagedProgram victim =
          place.start(
              "restore",
              "--replace",
              "--database",
              "env:RESTORE_DB",
              "--blockstore",
              "env:RESTORE_BLOCKSTORE")) {
        victim.process().waitFor(chance.nextLong(whole), TimeUnit.NANOSECONDS);
      }
      String left = contentOnceOpen();
      assertTrue(left.equals(old) || left.equals(wanted), left);
      Ended finished = restore("--replace");
      assertEquals(0, finished.exitCode(), finished.all());
      assertIsRestored();
      old = wanted;
    }
  }

  /** An interrupted swap leaves the old database closed; the next call opens it. */
  private String contentOnceOpen() throws Exception {
    String name = "target-" + targets;
    source.database().execute("postgres", "ALTER DATABASE \"" + name + "\" ALLOW_CONNECTIONS true");
    return Shell.plainDump(target.databaseUri());
  }
}
