package io.parsecbackup.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.parsecbackup.testing.AgeKeys;
import io.parsecbackup.testing.EmbeddedS3;
import io.parsecbackup.testing.PackagedProgram.Ended;
import io.parsecbackup.testing.ParsecData;
import io.parsecbackup.testing.ParsecStack;
import io.parsecbackup.testing.RepositoryDamage;
import io.parsecbackup.testing.TreeComparison;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A repository in a bucket, with encrypted dumps: backups, a copy of it in a folder, and restores
 * from both.
 */
class BucketRepositoryIT {

  private static final int BLOCKS = 40;

  @TempDir static Path folder;
  private static ParsecStack source;
  private static EmbeddedS3 store;
  private static Path objects;
  private static Place writer;
  private static Place reader;
  private static Ended first;
  private static int targets;

  private ParsecStack.Target target;

  @BeforeAll
  static void takeABackup() throws Exception {
    source = ParsecStack.start(ParsecData.Spec.of(BLOCKS, 4096)).allowDatabases();
    store = EmbeddedS3.withConditions();
    Path files = folder.resolve("bucket");
    store.folderBucket("backups", files);
    objects = files.resolve("objects");
    AgeKeys keys = AgeKeys.create();
    writer =
        Place.of(source, files)
            .with("PARSEC_BACKUP_REPOSITORY", store.setting("backups"))
            .with("PARSEC_BACKUP_CACHE", Files.createDirectory(folder.resolve("cache")).toString())
            .with(AgeKeys.recipients(keys));
    reader = writer.with(AgeKeys.identity(AgeKeys.file(folder, keys)));
    first = writer.run("backup", "--json");
  }

  @AfterAll
  static void stop() {
    store.close();
    source.close();
  }

  @BeforeEach
  void makeATarget() {
    target = source.target("target-" + ++targets);
  }

  @Test
  void takesBackupsAndReportsNoProblem() {
    assertEquals(0, first.exitCode(), first.all());
    assertEquals(BLOCKS, first.json().path("objects").path("copied").asInt(), first.all());
    Ended second = writer.run("backup", "--json");
    assertEquals(0, second.exitCode(), second.all());
    assertEquals(0, second.json().path("objects").path("copied").asInt(), second.all());

    JsonNode list = writer.run("list", "--json").json();
    assertEquals(
        second.json().path("id"), list.path("backups").path(0).path("id"), list.toString());
    Ended doctor = reader.run("doctor");
    assertEquals(0, doctor.exitCode(), doctor.all());
    assertFalse((first.all() + doctor.all()).contains(store.secretKey()), doctor.all());
  }

  @Test
  void restoresWithTheIdentityOnly() throws Exception {
    Ended verified = writer.run("verify", "--json");
    assertEquals(0, verified.exitCode(), verified.all());
    assertEquals(BLOCKS, verified.json().path("checked").path("objects").asInt());
    Ended without = restore(writer);
    assertEquals(2, without.exitCode(), without.all());
    assertEquals(0, target.bucket().size());

    Ended restored = restore(reader);
    assertEquals(0, restored.exitCode(), restored.all());
    assertIsRestored();
    Ended drilled = reader.run("drill", "--json");
    assertEquals(0, drilled.exitCode(), drilled.all());
  }

  /** As if the bucket were lost. */
  @Test
  void restoresFromACopyAlone() throws Exception {
    Path copy = folder.resolve("copy");
    Ended copied = writer.with("PARSEC_BACKUP_COPIES", copy.toString()).run("copy", "--json");
    assertEquals(0, copied.exitCode(), copied.all());
    Ended restored = restore(reader.with("PARSEC_BACKUP_REPOSITORY", copy.toString()));
    assertEquals(0, restored.exitCode(), restored.all());
    assertIsRestored();
  }

  @Test
  void findsAnObjectWithAFlippedBitAndFetchesItAgain() throws Exception {
    String key = source.bucket().list().first();
    RepositoryDamage.flip(objects.resolve(key));
    Ended damaged = writer.run("verify");
    assertEquals(3, damaged.exitCode(), damaged.all());
    assertTrue(damaged.stdout().contains(key), damaged.all());

    Ended next = writer.run("backup");
    assertEquals(0, next.exitCode(), next.all());
    Ended again = writer.run("verify");
    assertEquals(0, again.exitCode(), again.all());
  }

  /** What {@code aws s3 sync s3://parsec s3://adopted/objects} leaves. */
  @Test
  void adoptsObjectsThatAreInTheBucketAlready() {
    for (String key : source.bucket().list()) {
      byte[] bytes = source.bucket().object(key).orElseThrow().content().bytes();
      store.bucket("adopted").put("objects/" + key, bytes);
    }
    Place place = writer.with("PARSEC_BACKUP_REPOSITORY", store.setting("adopted"));
    Ended adopted = place.run("adopt", "--json");
    assertEquals(0, adopted.exitCode(), adopted.all());
    assertEquals(BLOCKS, adopted.json().path("checked").path("objects").asInt(), adopted.all());

    Ended backup = place.run("backup", "--json");
    assertEquals(0, backup.exitCode(), backup.all());
    assertEquals(0, backup.json().path("objects").path("copied").asInt(), backup.all());
  }

  private Ended restore(Place from) {
    return from.with("RESTORE_DB", target.databaseUri())
        .with("RESTORE_BLOCKSTORE", target.blockstore())
        .run("restore", "--database", "env:RESTORE_DB", "--blockstore", "env:RESTORE_BLOCKSTORE");
  }

  private void assertIsRestored() throws Exception {
    assertEquals(Shell.plainDump(source.databaseUri()), Shell.plainDump(target.databaseUri()));
    TreeComparison compared = TreeComparison.of(objects, target.bucket());
    assertEquals(BLOCKS, compared.same(), compared.toString());
    assertEquals(source.bucket().list(), target.bucket().list());
  }
}
