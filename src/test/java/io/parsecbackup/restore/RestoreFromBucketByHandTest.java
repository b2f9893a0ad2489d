package io.parsecbackup.restore;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parsecbackup.backup.Backup;
import io.parsecbackup.job.JobResult;
import io.parsecbackup.job.JobState;
import io.parsecbackup.job.Trigger;
import io.parsecbackup.repository.storage.folder.StableStorage;
import io.parsecbackup.testing.AgeKeys;
import io.parsecbackup.testing.AwsCli;
import io.parsecbackup.testing.DocumentedCommands;
import io.parsecbackup.testing.EmbeddedDatabase;
import io.parsecbackup.testing.EmbeddedS3;
import io.parsecbackup.testing.ParsecData;
import io.parsecbackup.testing.ParsecStack;
import io.parsecbackup.testing.PlainCore;
import io.parsecbackup.testing.RepositoryPlace;
import io.parsecbackup.testing.Tool;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The page for a restore without parsec-backup, for a repository in a bucket. {@code
 * RestoreByHandIT} does the same for folders.
 */
class RestoreFromBucketByHandTest {

  private static final String TARGET = "restored-blocks";
  private static final String PASSWORD = "another password";

  @TempDir Path folder;

  /** The repository is lost. Its copy is in another bucket. */
  @ParameterizedTest
  @ValueSource(strings = {"custom", "directory"})
  void restoresAnEncryptedDumpFromACopyInABucket(String format) throws Exception {
    new Tool("age").assumeInstalled();
    AgeKeys keys = AgeKeys.create();
    try (ParsecStack source = ParsecStack.start(ParsecData.Spec.of(5, 512));
        EmbeddedS3 buckets = EmbeddedS3.withConditions();
        EmbeddedDatabase target = EmbeddedDatabase.open();
        EmbeddedS3 store = EmbeddedS3.open()) {
      String id = onlyCopy(format, source, buckets, keys);
      target.createRole(ParsecStack.NAME, PASSWORD);
      Map<String, String> environment = new TreeMap<>(AwsCli.environment(store));
      environment.putAll(
          Map.of(
              "FROM_BUCKET", "copy",
              "FROM_ENDPOINT", buckets.endpoint().toString(),
              "FROM_ACCESS_KEY_ID", buckets.accessKey(),
              "FROM_SECRET_ACCESS_KEY", buckets.secretKey(),
              "FROM_REGION", buckets.region(),
              "IDENTITY", AgeKeys.file(folder, keys).toString()));
      environment.putAll(
          Map.of(
              "REPOSITORY",
              folder.resolve("fetched").toString(),
              "BACKUP",
              id,
              "BUCKET",
              TARGET,
              "ENDPOINT",
              store.endpoint().toString(),
              "DATABASE",
              ParsecStack.NAME,
              "OWNER",
              ParsecStack.NAME,
              "PGHOST",
              "127.0.0.1",
              "PGPORT",
              Integer.toString(target.port()),
              "PGUSER",
              target.superuser(),
              "PGPASSWORD",
              target.password()));
      String output = run(environment);
      for (String sign : List.of("FAILED", "(dryrun)", "not in the repository", "rror:")) {
        assertFalse(output.contains(sign), output);
      }
      assertEquals(source.bucket().list(), store.bucket(TARGET).list());
      for (String key : source.bucket().list()) {
        assertEquals(
            source.bucket().object(key).orElseThrow().etag(),
            store.bucket(TARGET).object(key).orElseThrow().etag(),
            key);
      }
      assertEquals(blocks(source.database()), blocks(target));
    }
  }

  private static long blocks(EmbeddedDatabase database) throws SQLException {
    try (Connection connection = database.connect(ParsecStack.NAME);
        ResultSet count = connection.createStatement().executeQuery("SELECT count(*) FROM block")) {
      assertTrue(count.next());
      return count.getLong(1);
    }
  }

  /** Backs up into a bucket, copies that to another one, and loses the first; returns the id. */
  private String onlyCopy(String format, ParsecStack source, EmbeddedS3 buckets, AgeKeys keys) {
    Map<String, String> settings = new TreeMap<>(source.environment());
    settings.putAll(AgeKeys.recipients(keys));
    settings.put("PARSEC_BACKUP_DUMP_FORMAT", format);
    Path repository = folder.resolve("first");
    RepositoryPlace.assign(repository, setting(buckets, "first"));
    Backup backup =
        PlainCore.backups(repository, settings, new StableStorage())
            .start(Trigger.CLI)
            .execute()
            .document();
    assertEquals(JobState.COMPLETE, backup.state(), backup::toString);
    JobResult copied =
        PlainCore.copies(repository, setting(buckets, "copy"), new StableStorage())
            .start(Trigger.CLI)
            .execute()
            .document();
    assertEquals(JobState.COMPLETE, copied.state(), copied::toString);
    buckets.bucket("first").clear();
    return backup.id();
  }

  private static String setting(EmbeddedS3 server, String bucket) {
    server.bucket(bucket);
    return RepositoryPlace.setting(
        server.endpoint(), bucket, server.accessKey(), server.secretKey());
  }

  private String run(Map<String, String> environment) throws Exception {
    ProcessBuilder shell =
        new ProcessBuilder(
            "sh", "-eu", "-c", DocumentedCommands.fenced(Path.of("docs", "restore-by-hand.md")));
    shell.directory(folder.toFile()).redirectErrorStream(true);
    shell.environment().putAll(environment);
    Process running = shell.start();
    String output = new String(running.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, running.waitFor(), output);
    return output;
  }
}
