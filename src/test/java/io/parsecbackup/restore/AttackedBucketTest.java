package io.parsecbackup.restore;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parsecbackup.Problem;
import io.parsecbackup.job.JobResult;
import io.parsecbackup.job.JobState;
import io.parsecbackup.job.Trigger;
import io.parsecbackup.repository.storage.folder.StableStorage;
import io.parsecbackup.testing.CrashLab;
import io.parsecbackup.testing.DocumentedCommands;
import io.parsecbackup.testing.Fault;
import io.parsecbackup.testing.FaultyProxy;
import io.parsecbackup.testing.LogLines;
import io.parsecbackup.testing.ParsecData;
import io.parsecbackup.testing.ParsecStack;
import io.parsecbackup.testing.PlainCore;
import io.parsecbackup.testing.ProtectedBucket;
import io.parsecbackup.testing.ProtectedBucket.Endpoint;
import io.parsecbackup.testing.ProtectedBucket.Server;
import io.parsecbackup.testing.RepositoryPlace;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletionException;
import java.util.logging.Level;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.core.async.AsyncRequestBody;
import software.amazon.awssdk.services.s3.S3AsyncClient;
import software.amazon.awssdk.services.s3.model.BucketVersioningStatus;
import software.amazon.awssdk.services.s3.model.ObjectLockRetentionMode;
import software.amazon.awssdk.services.s3.model.ObjectVersion;

/**
 * Somebody who has the Parsec server and the key of its backups cannot remove the backups of
 * yesterday from a bucket with Object Lock. The commands of docs/operations.md bring them back.
 */
class AttackedBucketTest {

  private static final String BUCKET = ProtectedBucket.BUCKET;

  private static final RestoreRequest RESTORE =
      new RestoreRequest(
          Optional.empty(), Optional.empty(), RestoreRequest.Part.ALL, false, false, false);

  @TempDir static Path scratch;
  private static CrashLab lab;

  @BeforeAll
  static void start() {
    lab = CrashLab.start(ParsecData.Spec.of(5, 512), scratch);
    lab.stack().allowDatabases();
  }

  @AfterAll
  static void stop() {
    lab.close();
  }

  private static JobResult verify(Path repository, String id) {
    return PlainCore.jobs(repository, lab.environment())
        .verification(id, Subset.ALL, Trigger.CLI)
        .execute()
        .document();
  }

  private static void restores(Path repository, String name) {
    ParsecStack.Target target = lab.stack().target(name);
    Map<String, String> into = new TreeMap<>(lab.environment());
    into.put("PARSEC_DB", target.databaseUri());
    into.put("PARSEC_BLOCKSTORE", target.blockstore());
    JobResult restored =
        PlainCore.jobs(repository, into)
            .restore("latest", RESTORE, Trigger.CLI)
            .execute()
            .document();
    assertEquals(JobState.COMPLETE, restored.state(), restored::toString);
    assertEquals(lab.bucket().list(), target.bucket().list());
  }

  @Test
  void restoresWhatAnAttackerOverwroteAndHid(@TempDir Path place) throws Exception {
    try (ProtectedBucket bucket = Server.OBJECT_LOCK.start(place)) {
      Path repository = bucket.folder();
      String first = lab.backup(repository).id();
      lab.stack().data().addBlocks(2);
      String second = lab.backup(repository).id();
      String time = now();
      await().atMost(Duration.ofSeconds(5)).until(() -> !now().equals(time));

      nobodyCanDelete(bucket, "backups/" + second + "/backup.json");
      String object = "objects/" + lab.stack().data().referencedKeys().getFirst();
      try (S3AsyncClient attacker = bucket.writer().client()) {
        for (String key :
            List.of(
                "backups/" + second + "/backup.json",
                "index/" + second + ".tsv",
                object,
                "parsec-backup.json",
                "lock")) {
          put(attacker, key);
        }
      }
      // Who has the pruning key, too, can hide files.
      try (S3AsyncClient pruner = bucket.pruner().client()) {
        for (String file : List.of("backup.json", "SHA256SUMS", "database.dump")) {
          String key = "backups/" + first + "/" + file;
          pruner.deleteObject(request -> request.bucket(BUCKET).key(key)).join();
        }
      }
      assertThrows(Problem.class, () -> lab.backup(repository));

      String output = bringBack(bucket.endpoint(), time);
      assertTrue(output.contains("backups/" + first + "/database.dump"), output);
      assertEquals(List.of(first, second), lab.visible(repository));
      for (String id : List.of(first, second)) {
        JobResult verified = verify(repository, id);
        assertEquals(JobState.COMPLETE, verified.state(), verified::toString);
      }
      restores(repository, "after-attack");
      assertEquals(JobState.COMPLETE, lab.backup(repository).state());
    }
  }

  private static String now() {
    return Instant.now().truncatedTo(ChronoUnit.SECONDS).toString().replace("Z", "");
  }

  private static void put(S3AsyncClient client, String key) {
    client
        .putObject(
            request -> request.bucket(BUCKET).key(key), AsyncRequestBody.fromString("nothing"))
        .join();
  }

  private static void nobodyCanDelete(ProtectedBucket bucket, String key) {
    try (S3AsyncClient attacker = bucket.writer().client();
        S3AsyncClient pruner = bucket.pruner().client();
        S3AsyncClient owner = bucket.endpoint().client()) {
      String version =
          owner
              .listObjectVersions(request -> request.bucket(BUCKET).prefix(key))
              .join()
              .versions()
              .stream()
              .map(ObjectVersion::versionId)
              .findFirst()
              .orElseThrow();
      // What AWS does by the bucket's default retention when an object is written.
      owner
          .putObjectRetention(request ->
              request
                  .bucket(BUCKET)
                  .key(key)
                  .versionId(version)
                  .retention(retention ->
                      retention
                          .mode(ObjectLockRetentionMode.COMPLIANCE)
                          .retainUntilDate(Instant.now().plus(1, ChronoUnit.DAYS))))
          .join();
      refused(() -> attacker.deleteObject(request -> request.bucket(BUCKET).key(key)).join());
      for (S3AsyncClient each : List.of(attacker, pruner, owner)) {
        refused(() ->
            each.deleteObject(request -> request.bucket(BUCKET).key(key).versionId(version))
                .join());
        refused(() ->
            each.putObjectRetention(request ->
                    request
                        .bucket(BUCKET)
                        .key(key)
                        .versionId(version)
                        .bypassGovernanceRetention(true)
                        .retention(retention ->
                            retention
                                .mode(ObjectLockRetentionMode.GOVERNANCE)
                                .retainUntilDate(Instant.now().plusSeconds(1))))
                .join());
        refused(() ->
            each.putBucketVersioning(request ->
                    request
                        .bucket(BUCKET)
                        .versioningConfiguration(
                            versioning -> versioning.status(BucketVersioningStatus.SUSPENDED)))
                .join());
      }
    }
  }

  private static void refused(Runnable attempt) {
    assertThrows(CompletionException.class, attempt::run);
  }

  /**
   * Runs the documented commands. This server confuses the dates of a version and of the one that
   * replaces it. In S3 the date is when a version was written, which its id begins with here.
   */
  private static String bringBack(Endpoint endpoint, String time) throws Exception {
    try (FaultyProxy dates = FaultyProxy.before(endpoint.uri())) {
      dates.when(
          request -> request.target().contains("versions"),
          Fault.rewrite(response -> response.text(AttackedBucketTest::datedByIds)));
      return shell(new Endpoint(dates.endpoint(), BUCKET, endpoint.key(), endpoint.secret()), time);
    }
  }

  private static String datedByIds(String list) {
    return Pattern.compile("(?s)<(Version|DeleteMarker)>.*?</\\1>")
        .matcher(list)
        .replaceAll(version -> {
          String id = version.group().replaceFirst("(?s).*<VersionId>(.*)</VersionId>.*", "$1");
          return version
              .group()
              .replaceFirst(
                  "<LastModified>.*</LastModified>",
                  "<LastModified>" + dateIn(id) + "</LastModified>");
        });
  }

  /** The first ten digits of a ULID are milliseconds, to the base 32. */
  private static Instant dateIn(String ulid) {
    long millis = 0;
    for (char digit : ulid.substring(0, 10).toCharArray()) {
      millis = millis * 32 + "0123456789ABCDEFGHJKMNPQRSTVWXYZ".indexOf(digit);
    }
    return Instant.ofEpochMilli(millis).truncatedTo(ChronoUnit.SECONDS);
  }

  private static String shell(Endpoint endpoint, String time) throws Exception {
    ProcessBuilder shell =
        new ProcessBuilder(
            "sh", "-eu", "-c", DocumentedCommands.fenced(Path.of("docs", "operations.md")));
    shell.directory(Files.createTempDirectory(scratch, "shell").toFile()).redirectErrorStream(true);
    shell.environment().putAll(endpoint.environment());
    shell
        .environment()
        .putAll(Map.of("BUCKET", BUCKET, "ENDPOINT", endpoint.uri().toString(), "TIME", time));
    Process running = shell.start();
    String output = new String(running.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, running.waitFor(), output);
    return output;
  }

  /** Verifies, drills and restores with the documented rights of a key that may only read. */
  @Test
  void readsWithTheReadingKey(@TempDir Path place) throws Exception {
    try (ProtectedBucket bucket = Server.OBJECT_LOCK.start(place);
        LogLines log = LogLines.record()) {
      String id = lab.backup(bucket.folder()).id();
      Path repository = bucket.readOnly();
      assertEquals(List.of(id), lab.visible(repository));
      JobResult verified = verify(repository, id);
      assertEquals(JobState.COMPLETE, verified.state(), verified::toString);
      JobResult drilled =
          PlainCore.jobs(repository, lab.environment()).drill(id, Trigger.CLI).execute().document();
      assertEquals(JobState.COMPLETE, drilled.state(), drilled::toString);
      restores(repository, "by-reader");
      assertTrue(
          log.from(Level.WARNING).toString().contains("its key may not write"),
          () -> log.from(Level.WARNING).toString());
      Problem refused = assertThrows(Problem.class, () -> lab.backup(repository));
      assertEquals(1, refused.exitCode(), refused.getMessage());
    }
  }

  /** A copy, too, is a backup that nobody can delete. */
  @Test
  void copiesIntoABucketWithObjectLock(@TempDir Path place) throws Exception {
    try (ProtectedBucket bucket = Server.OBJECT_LOCK.start(place)) {
      Path repository = lab.place();
      for (int i = 0; i < 2; i++) {
        lab.stack().data().addBlocks(1);
        lab.backup(repository);
        JobResult copied =
            PlainCore.copies(
                    repository, RepositoryPlace.setting(bucket.folder()), new StableStorage())
                .start(Trigger.CLI)
                .execute()
                .document();
        assertEquals(JobState.COMPLETE, copied.state(), copied::toString);
      }
      assertEquals(lab.visible(repository), lab.visible(bucket.folder()));
      assertEquals(JobState.COMPLETE, verify(bucket.folder(), "latest").state());
      restores(bucket.readOnly(), "from-copy");
    }
  }
}
