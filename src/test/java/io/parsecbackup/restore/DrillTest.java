package io.parsecbackup.restore;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parsecbackup.Cancellation;
import io.parsecbackup.backup.BackupCatalog;
import io.parsecbackup.backup.BackupChoice;
import io.parsecbackup.backup.BackupService;
import io.parsecbackup.backup.adopt.Adoption;
import io.parsecbackup.dump.DatabaseSnapshot;
import io.parsecbackup.dump.archive.DumpFormat;
import io.parsecbackup.dump.archive.DumpProof;
import io.parsecbackup.dump.archive.DumpRows;
import io.parsecbackup.job.JobReport;
import io.parsecbackup.job.JobResult;
import io.parsecbackup.job.JobState;
import io.parsecbackup.job.Trigger;
import io.parsecbackup.postgres.connection.DatabaseUri;
import io.parsecbackup.repository.JobScratch;
import io.parsecbackup.repository.Repository;
import io.parsecbackup.repository.encryption.Encryption;
import io.parsecbackup.repository.encryption.ReadableFile;
import io.parsecbackup.repository.storage.Sha256;
import io.parsecbackup.repository.storage.folder.FolderStorage;
import io.parsecbackup.repository.storage.folder.StableStorage;
import io.parsecbackup.testing.CrashLab;
import io.parsecbackup.testing.MachinePgTools;
import io.parsecbackup.testing.NoLock;
import io.parsecbackup.testing.ParsecData;
import io.parsecbackup.testing.ParsecStack;
import io.parsecbackup.testing.PlainCore;
import io.parsecbackup.testing.RepositoryDamage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A drill finds every difference between a restored dump and its backup. */
class DrillTest {

  @TempDir static Path scratch;
  private static CrashLab lab;
  private static Path prepared;

  @BeforeAll
  static void start() {
    lab = CrashLab.start(ParsecData.Spec.of(8, 512), scratch);
    lab.stack().allowDatabases();
    // Tables that a simple count gets wrong, and an extension that has tables with rows, as PostGIS
    // has.
    lab.stack()
        .database()
        .execute(
            ParsecStack.NAME,
            "CREATE SCHEMA \"Other\" AUTHORIZATION parsec",
            "SET ROLE parsec",
            "CREATE TABLE \"Other\".parent (a int)",
            "CREATE TABLE \"Other\".\"select\" () INHERITS (\"Other\".parent)",
            "INSERT INTO \"Other\".parent VALUES (1)",
            "INSERT INTO \"Other\".\"select\" VALUES (2), (3)",
            "CREATE TABLE parts (a int) PARTITION BY RANGE (a)",
            "CREATE TABLE part PARTITION OF parts DEFAULT",
            "INSERT INTO parts VALUES (1)",
            "RESET ROLE",
            "CREATE TABLE spatial_ref_sys (a int)",
            "INSERT INTO spatial_ref_sys VALUES (4326)",
            "ALTER EXTENSION plpgsql ADD TABLE spatial_ref_sys");
    prepared = lab.place();
    lab.backup(prepared);
  }

  @AfterAll
  static void stop() {
    lab.close();
  }

  private static JobResult drill(Path repository) {
    JobService jobs = PlainCore.jobs(repository, lab.environment());
    return jobs.drill("latest", Trigger.CLI).execute().document();
  }

  private static Map<String, String> found(JobResult result) {
    Map<String, String> found = new TreeMap<>();
    result.findings().forEach(finding -> found.put(finding.key(), finding.problem()));
    return found;
  }

  @Test
  void findsNothingInAHealthyBackup() throws Exception {
    JobResult result = drill(prepared);
    assertEquals(JobState.COMPLETE, result.state(), result.toString());
    assertEquals(8, result.checked().objects());
    assertTrue(result.done().getFirst().contains("then dropped"), result.done().toString());
    assertEquals(List.of(), result.warnings());
    List<String> rows =
        Files.readAllLines(
            prepared.resolve("backups/" + lab.visible(prepared).getFirst() + "/rows.tsv"));
    assertEquals(List.of("Other\tparent\t1", "Other\tselect\t2"), rows.subList(0, 2));
    assertTrue(rows.contains("public\tblock\t8"), rows.toString());
    assertTrue(rows.contains("public\tpart\t1"), rows.toString());
    assertEquals(rows.stream().sorted().toList(), rows);
    assertTrue(rows.stream().noneMatch(row -> row.contains("spatial")), rows.toString());
  }

  @Test
  void findsATableThatAWrapperOfPgDumpLeftOut() throws Exception {
    Path repository = lab.copy(prepared);
    replaceDump(repository, "--exclude-table=block");
    Map<String, String> found = found(drill(repository));
    assertEquals(Map.of("table block", "lost", "table public.block", "lost"), found);
  }

  @Test
  void findsRowsThatAreMissingFromTheDump() throws Exception {
    Path repository = lab.copy(prepared);
    replaceDump(repository, "--exclude-table-data=block");
    JobResult result = drill(repository);
    Map<String, String> expected = new TreeMap<>(Map.of("table public.block", "differs"));
    lab.stack().data().referencedKeys().forEach(key -> expected.put(key, "lost"));
    assertEquals(expected, found(result));
    assertEquals("8 rows", result.findings().getFirst().expected());
    assertEquals("0 rows", result.findings().getFirst().found());
  }

  @Test
  void anAdoptedDumpWithoutParsecsTablesFails() throws Exception {
    Path repository = lab.copy(prepared);
    Path dump = scratch.resolve("without-blocks.dump");
    pgDump(dump, "--exclude-table=block", "--format=custom");
    Adoption adoption = PlainCore.adoption(repository, lab.environment());
    PlainCore.adopt(adoption, Optional.of(dump));
    JobService jobs = PlainCore.jobs(repository, lab.environment());
    String adopted = lab.visible(repository).getLast();
    JobResult result = jobs.drill(adopted, Trigger.CLI).execute().document();
    assertEquals(Map.of("table block", "lost"), found(result));
    assertTrue(
        result.warnings().stream().anyMatch(warning -> warning.contains("no reliable rows.tsv")),
        result.toString());
  }

  @Test
  void anOlderBackupWithoutRowsIsComparedWithItsDump() throws Exception {
    Path repository = lab.copy(prepared);
    Path backup = repository.resolve("backups/" + lab.visible(repository).getLast());
    Files.delete(backup.resolve("rows.tsv"));
    reseal(repository, lines -> lines.filter(line -> !line.endsWith("/rows.tsv")));
    JobResult result = drill(repository);
    assertEquals(Map.of(), found(result));
    assertTrue(result.warnings().getFirst().contains("older versions"), result.toString());
  }

  private static void pgDump(Path file, String... options) throws Exception {
    List<String> argv = new ArrayList<>(List.of("pg_dump", "--file=" + file));
    argv.addAll(List.of(options));
    argv.add(lab.stack().databaseUri());
    assertEquals(0, new ProcessBuilder(argv).inheritIO().start().waitFor());
  }

  /** Replaces the newest backup's dump, as if the backup had been published with this one. */
  private static void replaceDump(Path repository, String option) throws Exception {
    Path dump =
        repository.resolve("backups/" + lab.visible(repository).getLast() + "/database.dump");
    Files.delete(dump);
    pgDump(dump, option, "--format=custom");
    String digest = Sha256.of(dump);
    reseal(
        repository,
        lines ->
            lines.map(
                line -> line.endsWith("/database.dump") ? digest + line.substring(64) : line));
    lab.rewrite(repository, document -> document.withObject("/dump").put("sha256", digest));
  }

  private static void reseal(Path repository, UnaryOperator<Stream<String>> change)
      throws Exception {
    Path sums = repository.resolve("backups/" + lab.visible(repository).getLast() + "/SHA256SUMS");
    Files.write(sums, change.apply(Files.readAllLines(sums).stream()).toList());
    String digest = Sha256.of(sums);
    lab.rewrite(repository, document -> document.put("sha256sums", digest));
  }

  @Test
  void findsBlocksWhoseObjectIsGoneOrHasAnotherSize() throws Exception {
    Path repository = lab.copy(prepared);
    List<String> keys = List.copyOf(lab.stack().data().referencedKeys());
    Files.delete(repository.resolve("objects").resolve(keys.get(0)));
    RepositoryDamage.truncate(repository.resolve("objects").resolve(keys.get(1)));
    JobResult result = drill(repository);
    assertEquals(JobState.INCOMPLETE, result.state());
    assertEquals(Map.of(keys.get(0), "lost", keys.get(1), "size"), found(result));
    assertTrue(
        result.next().stream().anyMatch(step -> step.startsWith("Run 'backup'")), result::toString);

    lab.proxy().reset();
    assertEquals(JobState.COMPLETE, lab.backup(repository).state());
    assertEquals(
        keys.subList(0, 2).stream().sorted().toList(),
        lab.proxy().fetched().stream().sorted().toList());
    assertEquals(Map.of(), found(drill(repository)));
  }

  @Test
  void recordsNoDamageOfObjectsThatTheSourceHasLost() throws Exception {
    try (CrashLab own = CrashLab.start(ParsecData.Spec.of(3, 512), scratch)) {
      own.stack().allowDatabases();
      Path repository = own.place();
      String key = own.stack().data().referencedKeys().getFirst();
      own.bucket().delete(key);
      String backup = own.backup(repository).id();
      JobService jobs = PlainCore.jobs(repository, own.environment());
      JobResult result = jobs.drill(backup, Trigger.CLI).execute().document();
      assertEquals(Map.of(key, "lost"), found(result));
      assertFalse(jobs.knowsDamage());
    }
  }

  @Test
  void findsAMigrationThatDiffersFromTheBackup() throws Exception {
    Path repository = lab.copy(prepared);
    lab.rewrite(
        repository, document -> document.withObject("/postgres").put("parsecMigration", 23));
    JobResult result = drill(repository);
    assertEquals(Map.of("table public.migration", "differs"), found(result));
    assertEquals("newest migration 23", result.findings().getFirst().expected());
  }

  @Test
  void findsTablesWhoseRowsDifferFromTheDump() throws Exception {
    DumpRows dump =
        new DumpRows(
            new TreeMap<>(Map.of("public.block", 9L, "public.nothing", 1L)), new TreeMap<>());
    Map<String, String> found = found(compare(dump));
    assertEquals("differs", found.get("table public.block"));
    assertEquals("lost", found.get("table public.nothing"));
    // A table with rows that the dump does not contain.
    assertEquals("differs", found.get("table public.organization"), found.toString());
  }

  @Test
  void recognizesTablesWhoseNamesTheDumpQuotes() throws Exception {
    Path dump = scratch.resolve("quoted.sql");
    Process made =
        new ProcessBuilder(
                "pg_dump", "--quote-all-identifiers", "--file=" + dump, lab.stack().databaseUri())
            .inheritIO()
            .start();
    assertEquals(0, made.waitFor());
    DumpRows rows =
        new DumpProof(MachinePgTools::get)
            .readThrough(ReadableFile.plain(dump), DumpFormat.PLAIN, new Cancellation());
    assertEquals(8, rows.tables().get("public.block"));
    assertEquals(Map.of(), found(compare(rows)));
  }

  /** Compares the source, in place of a restored database, with these rows. */
  private static JobResult compare(DumpRows dump) throws Exception {
    Repository repository =
        Repository.at(new FolderStorage(lab.copy(prepared), new StableStorage()));
    BackupChoice choice = BackupChoice.of(new BackupCatalog(repository), BackupChoice.LATEST);
    JobReport report =
        new JobReport(choice.id().text(), Drill.KIND, Optional.empty(), Clock.systemUTC());
    DatabaseUri source = DatabaseUri.parse(lab.stack().databaseUri(), Map.of());
    try (JobScratch files = repository.openScratch(NoLock.HELD, Instant.now());
        DatabaseSnapshot database = DatabaseSnapshot.open(source)) {
      JobContext context = new JobContext(repository, choice, files, report, new Cancellation());
      new DrillComparison(new BackupContents(context, Encryption.none()), database)
          .rows(Optional.empty(), dump);
    }
    return report.done();
  }

  @Test
  void findsBlocksThatAreMissingFromTheDump() throws Exception {
    Path repository = lab.copy(prepared);
    lab.rewrite(repository, document -> document.withObject("/objects").put("strategy", "none"));
    JobResult result = drill(repository);
    assertEquals(JobState.INCOMPLETE, result.state(), result.toString());
    assertEquals(Set.copyOf(lab.stack().data().referencedKeys()), found(result).keySet());
    assertEquals(Set.of("lost"), Set.copyOf(found(result).values()));
  }

  @Test
  void searchesForBlocksInTheRestoredDatabase() throws Exception {
    lab.stack().keepBlocksInDatabase();
    Map<String, String> inDatabase =
        Map.of("PARSEC_DB", lab.stack().databaseUri(), "PARSEC_BLOCKSTORE", "POSTGRESQL");
    Path repository = lab.place();
    BackupService backups = PlainCore.backups(repository, inDatabase, new StableStorage());
    assertEquals(JobState.COMPLETE, backups.start(Trigger.CLI).execute().document().state());
    // Other tests dump the same database again.
    lab.stack().database().execute(ParsecStack.NAME, "DELETE FROM block_data");
    JobService jobs = PlainCore.jobs(repository, inDatabase);
    JobResult result = jobs.drill("latest", Trigger.CLI).execute().document();
    assertEquals(JobState.COMPLETE, result.state(), result.toString());
    assertEquals(8, result.checked().objects());
  }

  @Test
  void restoresAProvenDumpWithoutTheFileOfDigests() throws Exception {
    Path repository = lab.copy(prepared);
    String sums = "backups/" + lab.visible(prepared).getFirst() + "/SHA256SUMS";
    Files.delete(repository.resolve(sums));
    JobResult result = drill(repository);
    assertEquals(JobState.INCOMPLETE, result.state(), result.toString());
    assertTrue(found(result).keySet().contains(sums), result.toString());
    assertEquals(8, result.checked().objects(), result.toString());
    assertTrue(result.done().getFirst().contains("then dropped"), result.toString());
  }

  @Test
  void doesNotRestoreADumpThatWasTamperedWith() throws Exception {
    Path repository = lab.copy(prepared);
    String dump = "backups/" + lab.visible(prepared).getFirst() + "/database.dump";
    RepositoryDamage.flip(repository.resolve(dump));
    JobResult result = drill(repository);
    assertEquals(JobState.INCOMPLETE, result.state(), result.toString());
    assertEquals(Map.of(dump, "digest"), found(result));
  }
}
