package io.parsecbackup.copy;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parsecbackup.backup.Backup;
import io.parsecbackup.job.JobEnd;
import io.parsecbackup.job.JobResult;
import io.parsecbackup.job.JobState;
import io.parsecbackup.job.Trigger;
import io.parsecbackup.repository.storage.folder.StableStorage;
import io.parsecbackup.restore.JobService;
import io.parsecbackup.testing.Checkpoints;
import io.parsecbackup.testing.CrashLab;
import io.parsecbackup.testing.EmbeddedS3;
import io.parsecbackup.testing.FaultyProxy;
import io.parsecbackup.testing.KillableJob;
import io.parsecbackup.testing.ParsecData;
import io.parsecbackup.testing.PlainCore;
import io.parsecbackup.testing.RepositoryDamage;
import io.parsecbackup.testing.RepositoryPlace;
import io.parsecbackup.testing.RepositoryProof;
import io.parsecbackup.testing.S3Request;
import io.parsecbackup.testing.VersityGw;
import io.parsecbackup.testing.Victim;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Copies of a repository to other places of its kind. */
class CopyTest {

  private static final int OBJECTS = 12;

  @TempDir static Path scratch;
  private static CrashLab lab;

  /** Two backups, the second with one more object. */
  private static Path prepared;

  @BeforeAll
  static void start() throws Exception {
    lab = CrashLab.start(ParsecData.Spec.of(OBJECTS, 512), scratch);
    lab.stack().allowDatabases();
    prepared = lab.place();
    lab.backup(prepared);
    lab.stack().data().addBlocks(1);
    lab.backup(prepared);
  }

  @AfterAll
  static void stop() {
    lab.close();
  }

  private static JobResult copy(Path repository, Path... places) {
    return copy(repository, new StableStorage(), places).document();
  }

  private static JobEnd<JobResult> copy(Path repository, StableStorage storage, Path... places) {
    List<String> all = new ArrayList<>();
    for (Path place : places) {
      all.add(RepositoryPlace.setting(place));
    }
    return PlainCore.copies(repository, String.join("\n", all), storage)
        .start(Trigger.CLI)
        .execute();
  }

  private static JobResult.Copied only(JobResult result) {
    assertEquals(1, result.copies().size(), result::toString);
    return result.copies().getFirst();
  }

  private static void assertWhole(Path copy) {
    RepositoryProof proof = new RepositoryProof(copy);
    proof.allAreWhole();
    proof.holds(lab.bucket());
  }

  @Test
  void copiesEverythingAndThenOnlyTheChange() throws Exception {
    Path repository = lab.copy(prepared);
    Path copy = lab.place();
    JobResult first = copy(repository, copy);

    assertEquals(JobState.COMPLETE, first.state(), first::toString);
    assertEquals(
        new JobResult.Copied(
            PlainCore.repository(copy).location(),
            JobState.COMPLETE,
            2,
            OBJECTS + 1,
            (OBJECTS + 1) * 512L,
            Optional.empty()),
        only(first));
    assertEquals(OBJECTS + 1, first.checked().objects());
    assertEquals(lab.visible(repository), lab.visible(copy));
    assertEquals(Optional.of(lab.visible(repository).getLast()), first.backup());
    assertWhole(copy);
    assertEquals(new RepositoryProof(repository).published().size(), published(copy).size());

    Map<String, String> before = everything(copy);
    JobResult unchanged = copy(repository, copy);
    assertEquals(JobState.COMPLETE, unchanged.state(), unchanged::toString);
    assertEquals(0, only(unchanged).objects() + only(unchanged).backups());
    assertEquals(before, everything(copy));

    lab.backup(repository);
    JobResult second = copy(repository, copy);
    assertEquals(1, only(second).backups(), second::toString);
    assertEquals(0, only(second).objects());
    assertWhole(copy);
  }

  /** Without the lock, which names its last holder. */
  private static Map<String, String> everything(Path repository) {
    Map<String, String> all = new RepositoryProof(repository).everything();
    all.remove("lock");
    return all;
  }

  private static Map<String, String> published(Path repository) {
    return new RepositoryProof(repository).published();
  }

  @Test
  void isAWholeRepositoryByItself() throws Exception {
    Path repository = lab.copy(prepared);
    Path copy = lab.place();
    copy(repository, copy);
    Files.move(repository, repository.resolveSibling("lost"));

    JobService jobs = PlainCore.jobs(copy, lab.environment());
    for (String kind : List.of("verify", "drill")) {
      JobResult result = KillableJob.begin(jobs, kind).execute().document();
      assertEquals(JobState.COMPLETE, result.state(), result::toString);
    }
    Map<String, byte[]> lost = new TreeMap<>();
    lab.bucket().list().forEach(key -> lost.put(key, lab.bucket().get(key).orElseThrow()));
    lost.keySet().forEach(lab.bucket()::delete);
    JobResult restored = KillableJob.begin(jobs, "restore").execute().document();
    assertEquals(JobState.COMPLETE, restored.state(), restored::toString);
    assertEquals(lost.keySet(), lab.bucket().list());
    lost.forEach(
        (key, bytes) -> assertArrayEquals(bytes, lab.bucket().get(key).orElseThrow(), key));
  }

  @ParameterizedTest
  @CsvSource({
    "before rename to parsec-backup.json, 1",
    "after rename to OBJECT, 5",
    "after flush of the file system, 1",
    "before rename to backup.json, 1",
    "after rename to backup.json, 1",
    "before rename to ID.tsv, 2",
  })
  void resumesAfterAKill(String step, int occurrence) throws Exception {
    Path repository = lab.copy(prepared);
    Path copy = lab.place();
    Map<String, String> environment = new TreeMap<>(lab.environment());
    environment.put("COPY_TO", RepositoryPlace.setting(copy));
    try (Victim victim =
        Victim.java(
            KillableJob.class,
            environment,
            scratch,
            repository.toString(),
            "copy",
            step,
            Integer.toString(occurrence))) {
      assertEquals(Victim.KILLED, victim.exitCode(), victim::output);
    }
    RepositoryPlace.awaitFree(repository);
    RepositoryPlace.awaitFree(copy);
    if (Files.exists(copy.resolve("backups"))) {
      lab.visible(copy).forEach(new RepositoryProof(copy)::isWhole);
    }
    RepositoryPlace.awaitFree(copy);

    JobResult again = copy(repository, copy);
    assertEquals(JobState.COMPLETE, again.state(), again::toString);
    assertWhole(copy);
    assertEquals(lab.visible(repository), lab.visible(copy));
    // The backup removes what the killed job has left at its source.
    assertEquals(JobState.COMPLETE, lab.backup(repository).state());
    try (Stream<Path> left = Files.list(RepositoryPlace.scratch(repository))) {
      assertEquals(List.of(), left.toList());
    }
  }

  @Test
  void doesNotPreventABackupAndIsWholeWhileOneIsPublished() throws Exception {
    Path repository = lab.copy(prepared);
    Path copy = lab.place();
    List<Backup> during = new ArrayList<>();
    List<JobState> seen = new ArrayList<>();
    StableStorage storage =
        new StableStorage(
            new Checkpoints((step, occurrence) -> {
              if (step.equals("before rename to backup.json") && occurrence == 1) {
                during.add(lab.backup(repository));
                // A record of a dead job would say that it failed.
                seen.add(job(repository).state());
              }
            }));
    JobResult result = copy(repository, storage, copy).document();

    assertEquals(JobState.COMPLETE, during.getFirst().state());
    assertEquals(List.of(JobState.RUNNING), seen);
    assertEquals(JobState.COMPLETE, result.state(), result::toString);
    assertEquals(2, only(result).backups());
    assertWhole(copy);
    assertEquals(1, only(copy(repository, copy)).backups());
    assertEquals(lab.visible(repository), lab.visible(copy));
  }

  /** The newest copy, as another process sees it. */
  private static JobResult job(Path repository) {
    try {
      return PlainCore.jobs(repository, lab.environment())
          .history(CopyStart.KIND)
          .newest(any -> true)
          .orElseThrow();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void copiesADamagedObjectAgainWhenItIsIntact() throws Exception {
    Path repository = lab.copy(prepared);
    Path copy = lab.place();
    String key = lab.bucket().list().first();
    Path file = repository.resolve("objects").resolve(key);
    RepositoryDamage.flip(file);
    JobResult damaged = copy(repository, copy);

    assertEquals(JobState.INCOMPLETE, damaged.state(), damaged::toString);
    assertEquals(List.of(key), damaged.findings().stream().map(JobResult.Finding::key).toList());
    assertEquals(2, only(damaged).backups());
    assertFalse(Files.exists(copy.resolve("objects").resolve(key)));
    assertEquals(JobState.INCOMPLETE, copy(repository, copy).state());

    RepositoryDamage.flip(file);
    JobResult healed = copy(repository, copy);
    assertEquals(JobState.COMPLETE, healed.state(), healed::toString);
    assertEquals(1, only(healed).objects());
    assertWhole(copy);
    assertEquals(List.of(), listed(copy.resolve("checks")));
  }

  private static List<Path> listed(Path folder) throws Exception {
    if (!Files.exists(folder)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(folder)) {
      return files.toList();
    }
  }

  @Test
  void repairsAnObjectThatIsDamagedInTheCopy() throws Exception {
    Path repository = lab.copy(prepared);
    Path copy = lab.place();
    copy(repository, copy);
    String key = lab.bucket().list().last();
    RepositoryDamage.flip(copy.resolve("objects").resolve(key));
    JobService jobs = PlainCore.jobs(copy, lab.environment());
    assertEquals(
        JobState.INCOMPLETE, KillableJob.begin(jobs, "verify").execute().document().state());

    assertEquals(1, only(copy(repository, copy)).objects());
    assertEquals(JobState.COMPLETE, KillableJob.begin(jobs, "verify").execute().document().state());
  }

  @Test
  void leavesOutADamagedBackupUntilItIsIntact() throws Exception {
    Path repository = lab.copy(prepared);
    Path copy = lab.place();
    String first = lab.visible(repository).getFirst();
    Path dump = repository.resolve("backups").resolve(first).resolve("database.dump");
    RepositoryDamage.flip(dump);
    JobResult damaged = copy(repository, copy);

    assertEquals(JobState.INCOMPLETE, damaged.state(), damaged::toString);
    assertEquals(
        List.of("backups/" + first + "/database.dump"),
        damaged.findings().stream().map(JobResult.Finding::key).toList());
    assertEquals(List.of(lab.visible(repository).getLast()), lab.visible(copy));
    JobService jobs = PlainCore.jobs(copy, lab.environment());
    JobResult verified = KillableJob.begin(jobs, "verify").execute().document();
    assertEquals(JobState.COMPLETE, verified.state(), verified::toString);

    RepositoryDamage.flip(dump);
    JobResult healed = copy(repository, copy);
    assertEquals(JobState.COMPLETE, healed.state(), healed::toString);
    assertEquals(0, only(healed).objects());
    assertEquals(lab.visible(repository), lab.visible(copy));
    assertWhole(copy);
  }

  /** A bucket of a server behind the proxy. */
  private static String bucket(FaultyProxy proxy, String key, String secret, String name) {
    String address = proxy.endpoint() + "|us-east-1|" + name + "|" + key + "|" + secret;
    return "s3:" + address.replace("\\", "\\\\").replace(":", "\\:").replace("|", ":");
  }

  private static JobResult copy(String repository, String place) {
    return PlainCore.copies(repository, place).start(Trigger.CLI).execute().document();
  }

  private static TreeSet<String> copiedByTheServer(FaultyProxy proxy) {
    return proxy.requests().stream()
        .filter(request -> request.header("x-amz-copy-source").isPresent())
        .map(request -> request.key().substring("objects/".length()))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  @Test
  void letsAServerCopyTheObjectsThatItHashes() throws Exception {
    Path first = lab.place();
    Path second = lab.place();
    Path third = lab.place();
    Path folder = Files.createDirectories(lab.place());
    try (VersityGw server = VersityGw.assumeInstalled(folder);
        FaultyProxy proxy = FaultyProxy.before(server.endpoint())) {
      List<String> buckets = new ArrayList<>();
      for (Path place : List.of(first, second, third)) {
        String name = "bucket-" + buckets.size();
        server.linkBucket(name, place);
        buckets.add(bucket(proxy, VersityGw.ACCESS_KEY, VersityGw.SECRET_KEY, name));
      }
      copy(RepositoryPlace.setting(lab.copy(prepared)), buckets.get(0));
      assertEquals(Set.of(), copiedByTheServer(proxy));
      proxy.reset();

      JobResult result = copy(buckets.get(0), buckets.get(1));
      assertEquals(JobState.COMPLETE, result.state(), result::toString);
      assertEquals(OBJECTS + 1, only(result).objects());
      assertEquals(lab.bucket().list(), copiedByTheServer(proxy));
      assertEquals(
          List.of(),
          proxy.requests().stream()
              .filter(request -> request.key().startsWith("objects/"))
              .filter(CopyTest::hasBytes)
              .toList());
      new RepositoryProof(second).allAreWhole();

      String key = lab.bucket().list().first();
      RepositoryDamage.flip(first.resolve("objects").resolve(key));
      JobResult damaged = copy(buckets.get(0), buckets.get(2));
      assertEquals(JobState.INCOMPLETE, damaged.state(), damaged::toString);
      assertEquals(List.of(key), damaged.findings().stream().map(JobResult.Finding::key).toList());
      RepositoryDamage.flip(first.resolve("objects").resolve(key));
      assertEquals(JobState.COMPLETE, copy(buckets.get(0), buckets.get(2)).state());
      new RepositoryProof(third).allAreWhole();
    }
  }

  private static boolean hasBytes(S3Request request) {
    return switch (request.kind()) {
      case GET_OBJECT -> !request.header("Range").equals(Optional.of("bytes=0-0"));
      case PUT_OBJECT -> request.header("x-amz-copy-source").isEmpty();
      default -> false;
    };
  }

  @Test
  void copiesTheBytesIfTheServerDoesNotHashThem() throws Exception {
    Path first = lab.place();
    Path second = lab.place();
    try (EmbeddedS3 server = EmbeddedS3.withConditions();
        FaultyProxy proxy = FaultyProxy.before(server.endpoint())) {
      server.folderBucket("first", first);
      server.folderBucket("second", second);
      String from = bucket(proxy, server.accessKey(), server.secretKey(), "first");
      copy(RepositoryPlace.setting(lab.copy(prepared)), from);

      JobResult result =
          copy(from, bucket(proxy, server.accessKey(), server.secretKey(), "second"));
      assertEquals(JobState.COMPLETE, result.state(), result::toString);
      assertEquals(OBJECTS + 1, only(result).objects());
      new RepositoryProof(second).allAreWhole();
      // The object of the second backup is copied after the first answer of the server.
      TreeSet<String> tried = copiedByTheServer(proxy);
      assertFalse(tried.isEmpty());
      assertTrue(tried.size() <= OBJECTS, tried::toString);
    }
  }

  @Test
  void refusesAPlaceThatIsNotACopyButCopiesToTheOthers() throws Exception {
    Path repository = lab.copy(prepared);
    String last = lab.visible(repository).getLast();
    Path forged = lab.copy(prepared);
    lab.rewrite(forged, json -> json.put("trigger", "rest"));
    Path foreign = Files.createDirectories(lab.place());
    Files.writeString(foreign.resolve("holiday.jpg"), "not a backup");
    Path link = Files.createSymbolicLink(lab.place(), repository);
    Path good = lab.place();
    Map<String, String> before = new RepositoryProof(forged).everything();

    JobResult result = copy(repository, forged, foreign, link, good);
    assertEquals(JobState.FAILED, result.state(), result::toString);
    assertEquals(
        List.of(JobState.FAILED, JobState.FAILED, JobState.FAILED, JobState.COMPLETE),
        result.copies().stream().map(JobResult.Copied::state).toList(),
        result::toString);
    List<String> errors =
        result.copies().stream().flatMap(copied -> copied.error().stream()).toList();
    assertTrue(errors.get(0).contains("its backup " + last + " is another one"), errors::toString);
    assertTrue(errors.get(1).contains("is not a repository, and is not empty"), errors::toString);
    assertTrue(errors.get(2).contains("the repository itself under another"), errors::toString);
    assertEquals(before, new RepositoryProof(forged).everything());
    assertEquals(List.of(foreign.resolve("holiday.jpg")), listed(foreign));
    assertWhole(good);
  }
}
