package io.parsecbackup.restore;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.parsecbackup.Cancellation;
import io.parsecbackup.backup.BackupCatalog;
import io.parsecbackup.backup.BackupChoice;
import io.parsecbackup.backup.BackupState;
import io.parsecbackup.backup.JobResult;
import io.parsecbackup.backup.Trigger;
import io.parsecbackup.dump.DatabaseSnapshot;
import io.parsecbackup.dump.DumpRows;
import io.parsecbackup.parsec.DatabaseUri;
import io.parsecbackup.repository.JobScratch;
import io.parsecbackup.repository.Repository;
import io.parsecbackup.repository.SealedJson;
import io.parsecbackup.repository.StableStorage;
import io.parsecbackup.testing.CrashLab;
import io.parsecbackup.testing.Damages;
import io.parsecbackup.testing.ParsecData;
import io.parsecbackup.testing.PlainCore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a drill finds: everything in which a restored dump and its backup do not agree. */
class DrillTest {

  @TempDir static Path scratch;
  private static CrashLab lab;
  private static Path prepared;

  @BeforeAll
  static void start() {
    lab = CrashLab.start(ParsecData.Spec.of(8, 512), scratch);
    lab.stack().allowDatabases();
    prepared = lab.place();
    lab.backup(prepared);
  }

  @AfterAll
  static void stop() {
    lab.close();
  }

  private static JobResult drill(Path repository) {
    Jobs jobs = PlainCore.jobs(repository, lab.environment());
    return jobs.execute(jobs.drill("latest", Trigger.CLI)).result();
  }

  private static Map<String, String> found(JobResult result) {
    Map<String, String> found = new TreeMap<>();
    result.findings().forEach(finding -> found.put(finding.key(), finding.problem()));
    return found;
  }

  @Test
  void findsNothingWhereAllIsWell() {
    JobResult result = drill(prepared);
    assertEquals(BackupState.COMPLETE, result.state(), result.toString());
    assertEquals(8, result.checked().objects());
    assertTrue(result.done().getFirst().contains("dropped again"), result.done().toString());
  }

  @Test
  void findsBlocksWhoseObjectIsGoneOrOfAnotherSize() throws Exception {
    Path repository = lab.copy(prepared);
    List<String> keys = List.copyOf(lab.stack().data().referencedKeys());
    Files.delete(repository.resolve("objects").resolve(keys.get(0)));
    Damages.truncate(repository.resolve("objects").resolve(keys.get(1)));
    JobResult result = drill(repository);
    assertEquals(BackupState.INCOMPLETE, result.state());
    assertEquals(Map.of(keys.get(0), "lost", keys.get(1), "size"), found(result));
  }

  @Test
  void findsAnotherMigrationThanTheBackupWasPublishedWith() throws Exception {
    Path repository = lab.copy(prepared);
    Path json = repository.resolve("backups/" + lab.visible(prepared).getFirst() + "/backup.json");
    ObjectNode document = SealedJson.open(Files.readAllBytes(json)).orElseThrow();
    document.withObject("/postgres").put("parsecMigration", 23);
    Files.write(json, SealedJson.seal(document));
    JobResult result = drill(repository);
    assertEquals(Map.of("table public.migration", "differs"), found(result));
    assertEquals("newest migration 23", result.findings().getFirst().expected());
  }

  @Test
  void findsTablesThatHoldOtherRowsThanTheDump() throws Exception {
    Repository repository = Repository.at(lab.copy(prepared), new StableStorage());
    BackupChoice choice = BackupChoice.of(new BackupCatalog(repository), BackupChoice.LATEST);
    JobReport report =
        new JobReport(
            choice.id().text(),
            JobKind.DRILL,
            Optional.empty(),
            Optional.empty(),
            Clock.systemUTC());
    DatabaseUri source = DatabaseUri.parse(lab.stack().databaseUri(), Map.of());
    try (JobScratch files = repository.openScratch(Instant.now());
        DatabaseSnapshot database = DatabaseSnapshot.open(source)) {
      JobSpace space = new JobSpace(repository, choice, files, report, new Cancellation());
      new DrillComparison(space, database)
          .rows(new DumpRows(new TreeMap<>(Map.of("public.block", 9L)), OptionalInt.empty()));
    }
    Map<String, String> found = found(report.ended());
    assertEquals("differs", found.get("table public.block"));
    // A table with rows of which the dump knows nothing.
    assertEquals("differs", found.get("table public.organization"), found.toString());
  }

  @Test
  void doesNotRestoreADumpThatWasTamperedWith() throws Exception {
    Path repository = lab.copy(prepared);
    String dump = "backups/" + lab.visible(prepared).getFirst() + "/database.dump";
    Damages.flip(repository.resolve(dump));
    JobResult result = drill(repository);
    assertEquals(BackupState.INCOMPLETE, result.state(), result.toString());
    assertEquals(Map.of(dump, "digest"), found(result));
  }
}
