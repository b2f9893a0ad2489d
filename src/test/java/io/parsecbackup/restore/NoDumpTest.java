package io.parsecbackup.restore;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parsecbackup.Problem;
import io.parsecbackup.backup.Backup;
import io.parsecbackup.backup.BackupJson;
import io.parsecbackup.backup.BackupService;
import io.parsecbackup.backup.doctor.CheckResult;
import io.parsecbackup.job.JobEnd;
import io.parsecbackup.job.JobResult;
import io.parsecbackup.job.JobState;
import io.parsecbackup.job.Trigger;
import io.parsecbackup.postgres.CommitHorizon;
import io.parsecbackup.repository.storage.folder.StableStorage;
import io.parsecbackup.restore.RestoreRequest.Part;
import io.parsecbackup.testing.FileFacts;
import io.parsecbackup.testing.ParsecData;
import io.parsecbackup.testing.ParsecStack;
import io.parsecbackup.testing.PlainCore;
import io.parsecbackup.testing.RepositoryDamage;
import io.parsecbackup.testing.StoredObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What each job does with a backup without a dump: the database is another tool's. */
@Timeout(180)
class NoDumpTest {

  @TempDir static Path scratch;
  private static ParsecStack stack;

  @BeforeAll
  static void start() {
    stack = ParsecStack.start(ParsecData.Spec.of(6, 512));
  }

  @AfterAll
  static void stop() {
    stack.close();
  }

  private static Map<String, String> without(Map<String, String> source) {
    Map<String, String> settings = new TreeMap<>(source);
    settings.put("PARSEC_BACKUP_DUMP_FORMAT", "none");
    return settings;
  }

  private static BackupService service(Path repository, Map<String, String> source) {
    return PlainCore.backups(
        repository,
        without(source),
        new StableStorage(),
        PlainCore.Limits.USUAL,
        PlainCore.Sync.REFERENCES,
        Clock.systemUTC());
  }

  private static Backup backup(Path repository) {
    Backup backup =
        service(repository, stack.environment()).start(Trigger.CLI).execute().document();
    assertEquals(JobState.COMPLETE, backup.state(), backup::toString);
    return backup;
  }

  private static RestoreRequest only(Part part) {
    return new RestoreRequest(Optional.empty(), Optional.empty(), part, false, false, false);
  }

  @Test
  void hasReferencesAndObjectsOnly() throws Exception {
    Path repository = scratch.resolve("content");
    Backup backup = backup(repository);
    assertEquals(Optional.empty(), backup.dump());
    assertEquals(Optional.empty(), backup.postgres().orElseThrow().pgDump());
    assertEquals(6, backup.objects().orElseThrow().referenced());
    assertEquals(
        List.of("SHA256SUMS", "backup.json", "references.tsv"),
        FileFacts.names(repository.resolve("backups/" + backup.id())));
    assertEquals(
        backup.coveredUntil(), service(repository, stack.environment()).catalog().coveredUntil());
    String json = Files.readString(repository.resolve("backups/" + backup.id() + "/backup.json"));
    assertFalse(json.contains("dump"), json);
    assertFalse(json.contains("pgDump"), json);
    assertEquals(Optional.of(backup), BackupJson.fromJson(BackupJson.toJson(backup)));
  }

  /** The repository may have older backups with a dump, whose promise does not change. */
  @Test
  void keepsTheLatestCoveredTimeBesideOtherBackups() throws Exception {
    Path repository = scratch.resolve("mixed");
    PlainCore.backups(repository, stack.environment(), new StableStorage())
        .start(Trigger.CLI)
        .execute();
    assertEquals(
        Optional.empty(), service(repository, stack.environment()).catalog().coveredUntil());
    Backup covering = backup(repository);
    BackupService dumping = PlainCore.backups(repository, stack.environment(), new StableStorage());
    Backup dumped = dumping.start(Trigger.CLI).execute().document();
    assertTrue(dumped.dump().isPresent());
    assertEquals(Optional.empty(), dumped.coveredUntil());
    assertEquals(covering.coveredUntil(), dumping.catalog().coveredUntil());
  }

  /** An incomplete backup does not have all objects, so it covers no time. */
  @Test
  void coversNothingIfObjectsAreMissing() throws Exception {
    Path repository = scratch.resolve("incomplete");
    String key = stack.data().referencedKeys().getFirst();
    StoredObject lost = stack.bucket().object(key).orElseThrow();
    stack.bucket().delete(key);
    BackupService service = service(repository, stack.environment());
    Backup backup = service.start(Trigger.CLI).execute().document();
    stack.bucket().put(key, lost);
    assertEquals(JobState.INCOMPLETE, backup.state());
    assertEquals(Optional.empty(), backup.coveredUntil());
    assertEquals(Optional.empty(), service.catalog().coveredUntil());
  }

  @Test
  void isVerifiedByItsObjectsAndLists() throws Exception {
    Path repository = scratch.resolve("verified");
    Backup backup = backup(repository);
    JobService jobs = PlainCore.jobs(repository, without(stack.environment()));
    JobResult sound = jobs.verification("latest", Subset.ALL, Trigger.CLI).execute().document();
    assertEquals(JobState.COMPLETE, sound.state(), sound::toString);
    String sums = "backups/" + backup.id() + "/SHA256SUMS";
    RepositoryDamage.flip(repository.resolve(sums));
    JobResult damaged = jobs.verification("latest", Subset.ALL, Trigger.CLI).execute().document();
    assertEquals(JobState.INCOMPLETE, damaged.state(), damaged::toString);
    // The missing dump is no damage.
    assertTrue(
        damaged.findings().stream().noneMatch(finding -> finding.key().endsWith("dump")),
        damaged::toString);
    assertEquals(sums, damaged.findings().getFirst().key());
  }

  @Test
  void cannotBeDrilled() {
    Path repository = scratch.resolve("drilled");
    Backup backup = backup(repository);
    JobService jobs = PlainCore.jobs(repository, without(stack.environment()));
    JobEnd<JobResult> end = jobs.drill("latest", Trigger.CLI).execute();
    assertEquals(2, end.exitCode(), end::toString);
    String error = end.document().error().orElseThrow();
    assertTrue(error.contains(backup.id() + " has no dump to restore"), error);
  }

  @Test
  void givesBackItsObjectsAndLeavesTheDatabaseToTheOtherTool() {
    Path repository = scratch.resolve("restored");
    Backup backup = backup(repository);
    ParsecStack.Target target = stack.target("without-dump");
    JobService jobs =
        PlainCore.jobs(
            repository,
            Map.of("PARSEC_DB", target.databaseUri(), "PARSEC_BLOCKSTORE", target.blockstore()));
    String until = CommitHorizon.recoveryTarget(backup.coveredUntil().orElseThrow());
    for (Part part : List.of(Part.ALL, Part.DATABASE)) {
      JobEnd<JobResult> refused = jobs.restore("latest", only(part), Trigger.CLI).execute();
      assertEquals(2, refused.exitCode(), refused::toString);
      String error = refused.document().error().orElseThrow();
      assertTrue(error.contains("--only objects"), error);
      assertTrue(error.contains(until), error);
      assertEquals(0, target.bucket().size());
    }
    JobEnd<JobResult> end = jobs.restore("latest", only(Part.OBJECTS), Trigger.CLI).execute();
    assertEquals(0, end.exitCode(), end::toString);
    assertEquals(Set.copyOf(stack.bucket().list()), Set.copyOf(target.bucket().list()));
    assertTrue(end.document().next().toString().contains(until), end::toString);
  }

  @Test
  void isRefusedIfTheBlocksAreInTheDatabaseToo() {
    Map<String, String> source = new TreeMap<>(stack.environment());
    source.put("PARSEC_BLOCKSTORE", "POSTGRESQL");
    BackupService service = service(scratch.resolve("nothing"), source);
    Problem problem = assertThrows(Problem.class, () -> service.start(Trigger.CLI));
    assertEquals(2, problem.exitCode());
    String message = String.valueOf(problem.getMessage());
    assertTrue(message.contains("parsec.backup.dump.format=none"), message);
  }

  @Test
  void theDoctorNeedsNeitherToolsNorRightsForADump() {
    stack.database().createRole("blocks", "blocks");
    stack
        .database()
        .execute(
            ParsecStack.NAME,
            "GRANT USAGE ON SCHEMA public TO blocks",
            "GRANT SELECT ON block, realm, organization, migration TO blocks");
    Map<String, String> source = new TreeMap<>(without(stack.environment()));
    source.put("PARSEC_DB", stack.database().uri(ParsecStack.NAME, "blocks", "blocks"));
    Path repository = scratch.resolve("examined");
    Backup backup = service(repository, source).start(Trigger.CLI).execute().document();
    List<CheckResult> checks = PlainCore.doctor(repository, source).all();
    assertTrue(checks.stream().allMatch(CheckResult::isHealthy), checks::toString);
    assertTrue(detail(checks, "database").contains("another tool backs it up"), checks::toString);
    assertTrue(
        detail(checks, "backups")
            .contains(CommitHorizon.recoveryTarget(backup.coveredUntil().orElseThrow())),
        checks::toString);
    assertTrue(checks.stream().noneMatch(check -> check.check().equals("space")));
  }

  private static String detail(List<CheckResult> checks, String name) {
    return checks.stream()
        .filter(check -> check.check().equals(name))
        .map(CheckResult::detail)
        .findFirst()
        .orElseThrow();
  }
}
