package io.parsecbackup.backup.doctor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parsecbackup.Problem;
import io.parsecbackup.job.JobState;
import io.parsecbackup.job.Trigger;
import io.parsecbackup.repository.storage.folder.StableStorage;
import io.parsecbackup.testing.Fault;
import io.parsecbackup.testing.FaultyProxy;
import io.parsecbackup.testing.ParsecData;
import io.parsecbackup.testing.ParsecStack;
import io.parsecbackup.testing.PlainCore;
import io.parsecbackup.testing.RepositoryPlace;
import io.parsecbackup.testing.RepositoryProof;
import io.parsecbackup.testing.S3Request.Kind;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The problems that {@code doctor} finds; {@code DoctorIT} shows how the program prints them. */
class DoctorTest {

  @TempDir static Path folder;
  private static ParsecStack stack;

  @BeforeAll
  static void start() {
    stack = ParsecStack.start(ParsecData.Spec.of(10, 4096));
  }

  @AfterAll
  static void stop() {
    stack.close();
  }

  private static List<CheckResult> doctor(Path repository, Map<String, String> source) {
    return PlainCore.doctor(repository, source).all();
  }

  private static void assertFailed(List<CheckResult> results, String check, String... words) {
    assertFailed(1, results, check, words);
  }

  private static void assertFailed(
      int exitCode, List<CheckResult> results, String check, String... words) {
    CheckResult result =
        results.stream()
            .filter(candidate -> candidate.check().equals(check) && !candidate.isHealthy())
            .findFirst()
            .orElseThrow(() -> new AssertionError(results.toString()));
    assertEquals(exitCode, result.problem().map(Problem::exitCode).orElseThrow());
    for (String word : words) {
      assertTrue(result.detail().contains(word), word + " is not in: " + result.detail());
    }
  }

  @Test
  void namesTheMissingGrant() {
    stack.database().execute("parsec", "ALTER TABLE realm OWNER TO postgres");
    try {
      assertFailed(
          doctor(folder.resolve("rights"), stack.environment()),
          "rights",
          "realm",
          "GRANT pg_read_all_data TO parsec");
    } finally {
      stack.database().execute("parsec", "ALTER TABLE realm OWNER TO parsec");
    }
  }

  @Test
  void checksEachCopyAndChangesNothingThere() throws Exception {
    Path repository = folder.resolve("copied");
    backUp(repository);
    Path good = folder.resolve("good");
    Path fresh = folder.resolve("fresh");
    PlainCore.copies(repository, good.toString(), new StableStorage()).start(Trigger.CLI).execute();
    Path other = folder.resolve("of-another");
    backUp(other);
    Path photos = Files.createDirectories(folder.resolve("photos"));
    Files.writeString(photos.resolve("holiday.jpg"), "not a backup");
    String gone = "s3:http\\://127.0.0.1\\:1:r:gone:key:S3CRET";
    Map<String, String> before = withoutLock(good);

    List<CheckResult> copies =
        PlainCore.doctor(
                repository,
                stack.environment(),
                String.join("\n", good.toString(), fresh + " " + other, photos.toString(), gone))
            .all()
            .stream()
            .filter(result -> result.check().equals("copy"))
            .toList();
    assertEquals(
        List.of("ok", "ok", "failed", "failed", "failed"),
        copies.stream().map(CheckResult::state).toList(),
        copies::toString);
    assertEquals(
        good + ": it can be written, and is a copy of this repository with 1 backup",
        copies.get(0).detail());
    assertTrue(copies.get(1).detail().startsWith(fresh + ": "), copies::toString);
    assertTrue(copies.get(1).detail().contains("no copy yet"), copies::toString);
    assertTrue(copies.get(2).detail().contains("is not a copy of this"), copies::toString);
    assertTrue(copies.get(3).detail().contains("is not a repository"), copies::toString);
    assertTrue(copies.get(4).detail().contains("http://127.0.0.1:1/gone"), copies::toString);
    assertFalse(copies.toString().contains("S3CRET"), copies::toString);
    assertEquals(before, withoutLock(good));
    assertFalse(Files.exists(fresh));
    assertEquals(List.of("holiday.jpg"), List.of(photos.toFile().list()));
  }

  /** The lock names its last holder, and the doctor tests the lock. */
  private static Map<String, String> withoutLock(Path repository) {
    Map<String, String> files = new TreeMap<>(new RepositoryProof(repository).everything());
    files.remove("lock");
    return files;
  }

  private static void backUp(Path repository) {
    PlainCore.backups(repository, stack.environment(), new StableStorage())
        .start(Trigger.CLI)
        .execute();
  }

  /** A repository in a bucket of the source's server, although the test knows it as a folder. */
  private static Path inBucket(String bucket) {
    Path place = folder.resolve("in-" + bucket);
    RepositoryPlace.assign(
        place,
        RepositoryPlace.setting(
            stack.s3().endpoint(), bucket, stack.s3().accessKey(), stack.s3().secretKey()));
    return place;
  }

  @Test
  void refusesARepositoryInTheBucketOfTheServer() {
    Path repository = inBucket(stack.bucket().name());
    Set<String> before = stack.bucket().list();
    assertFailed(
        2,
        doctor(repository, stack.environment()),
        "repository",
        "in the bucket of PARSEC_BLOCKSTORE",
        "Use another bucket");
    var backups = PlainCore.backups(repository, stack.environment(), new StableStorage());
    Problem refused = assertThrows(Problem.class, () -> backups.start(Trigger.CLI));
    assertEquals(2, refused.exitCode());
    Problem adopted =
        assertThrows(
            Problem.class,
            () ->
                PlainCore.adopt(
                    PlainCore.adoption(repository, stack.environment()), Optional.empty()));
    assertEquals(2, adopted.exitCode());
    assertEquals(before, stack.bucket().list());
  }

  @Test
  void asksForAnEmptyBucketIfTheRepositorysBucketHasOtherFiles() {
    stack.s3().bucket("photos").put("holiday.jpg", new byte[1]);
    assertFailed(
        doctor(inBucket("photos"), stack.environment()),
        "repository",
        "holiday.jpg",
        "Choose an empty bucket or another prefix");
  }

  @Test
  void reportsABucketThatCanBeListedButNotRead() {
    try (FaultyProxy proxy = FaultyProxy.before(stack.s3().endpoint())) {
      proxy.when(Kind.GET_OBJECT, Fault.status(403));
      assertFailed(
          doctor(folder.resolve("no-get"), stack.environment(proxy.endpoint().toString())),
          "objects",
          "s3:GetObject");
    }
  }

  @Test
  void reportsARepositoryOfAnotherSourceAndDamagedBackups() throws Exception {
    Path repository = folder.resolve("sick");
    Map<String, String> other =
        Map.of("PARSEC_DB", stack.databaseUri(), "PARSEC_BLOCKSTORE", "POSTGRESQL");
    var backup =
        PlainCore.backups(repository, other, new StableStorage())
            .start(Trigger.CLI)
            .execute()
            .document();
    assertEquals(JobState.INCOMPLETE, backup.state());
    Path file = repository.resolve("backups/" + backup.id() + "/backup.json");
    Files.writeString(file, Files.readString(file).replace("complete", "complere"));
    List<CheckResult> results = doctor(repository, stack.environment());
    assertFailed(results, "backups", backup.id(), "copy");
    assertFailed(results, "binding", "'adopt'");
  }

  @Test
  void reportsAFolderWithOtherContent() throws Exception {
    Path other = Files.createDirectories(folder.resolve("other"));
    Files.writeString(other.resolve("thesis.txt"), "years of work");
    assertFailed(doctor(other, stack.environment()), "repository", "thesis.txt");
  }
}
