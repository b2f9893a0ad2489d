package io.parsecbackup.backup;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parsecbackup.backup.adopt.Adoption;
import io.parsecbackup.job.JobState;
import io.parsecbackup.job.Trigger;
import io.parsecbackup.repository.storage.folder.StableStorage;
import io.parsecbackup.testing.CrashLab;
import io.parsecbackup.testing.Fault;
import io.parsecbackup.testing.ParsecData;
import io.parsecbackup.testing.PlainCore;
import io.parsecbackup.testing.S3Request.Kind;
import io.parsecbackup.testing.SettableClock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** When a run with the strategy references also compares the whole listing. */
@Timeout(120)
class ListingScheduleTest {

  private static final int OBJECTS = 6;
  private static final int ORPHANS = 2;

  @TempDir static Path scratch;
  private static CrashLab lab;

  private final SettableClock clock = new SettableClock();
  private Path repository;
  private Backup first;

  @BeforeAll
  static void start() {
    lab = CrashLab.start(ParsecData.Spec.of(OBJECTS, 64).unreferenced(ORPHANS, 0), scratch);
  }

  @AfterAll
  static void stop() {
    lab.close();
  }

  @BeforeEach
  void takeTheFirst() {
    repository = lab.place();
    first = run();
    assertEquals(Optional.of(first.startedAt()), comparedAt(first));
    // There was nothing to compare with.
    assertEquals(Optional.empty(), first.objects().orElseThrow().orphans());
  }

  private Backup run() {
    return run(PlainCore.Sync.REFERENCES);
  }

  private Backup run(PlainCore.Sync sync) {
    lab.proxy().reset();
    return execute(sync);
  }

  private Backup execute(PlainCore.Sync sync) {
    BackupService backups =
        PlainCore.backups(
            repository,
            lab.environment(),
            new StableStorage(),
            PlainCore.Limits.USUAL,
            sync,
            clock);
    return backups.start(Trigger.CLI).execute().document();
  }

  private static Optional<Instant> comparedAt(Backup backup) {
    return backup.objects().orElseThrow().comparedAt();
  }

  private static void assertCompared(Backup backup) {
    assertEquals(JobState.COMPLETE, backup.state(), backup::toString);
    assertEquals(1, lab.proxy().count(Kind.LIST));
    assertEquals(Optional.of(backup.startedAt()), comparedAt(backup));
    assertEquals(Optional.of((long) ORPHANS), backup.objects().orElseThrow().orphans());
  }

  /** The backup records the time of the last comparison, and sent no request to the bucket. */
  private static void assertNotCompared(Backup backup, Backup last) {
    assertEquals(JobState.COMPLETE, backup.state(), backup::toString);
    assertEquals(List.of(), lab.proxy().requests());
    assertEquals(comparedAt(last), comparedAt(backup));
    assertEquals(Optional.empty(), backup.objects().orElseThrow().orphans());
  }

  @Test
  void comparesEverySevenDays() {
    for (int day = 1; day < 7; day++) {
      clock.advance(Duration.ofDays(1));
      assertNotCompared(run(), first);
    }
    // Runs do not start at the same second every day.
    clock.advance(Duration.ofDays(1).minusMinutes(20));
    Backup compared = run();
    assertCompared(compared);
    clock.advance(Duration.ofDays(1));
    assertNotCompared(run(), compared);
  }

  @Test
  void comparesAtOnceAfterTheClockWasSetBack() {
    clock.advance(Duration.ofDays(-3));
    Backup compared = run();
    assertCompared(compared);
    clock.advance(Duration.ofDays(1));
    assertNotCompared(run(), compared);
  }

  @Test
  void comparesAtOnceAfterAnAdoption() {
    Adoption adoption = PlainCore.adoption(repository, lab.environment(), clock);
    clock.advance(Duration.ofHours(1));
    PlainCore.adopt(adoption, Optional.empty());
    clock.advance(Duration.ofHours(1));
    Backup compared = run();
    assertCompared(compared);
    clock.advance(Duration.ofHours(1));
    assertNotCompared(run(), compared);
  }

  /** The adopted backup records no comparison. */
  @Test
  void comparesAtOnceAfterAHandMadeDumpWasAdopted() throws Exception {
    Path dump = Files.createTempDirectory(scratch, "by-hand").resolve("parsec.dump");
    Process pgDump =
        new ProcessBuilder(
                "pg_dump",
                "--format=custom",
                "--file=" + dump,
                "--dbname=" + lab.stack().databaseUri())
            .inheritIO()
            .start();
    assertEquals(0, pgDump.waitFor());
    Adoption adoption = PlainCore.adoption(repository, lab.environment(), clock);
    clock.advance(Duration.ofHours(1));
    PlainCore.adopt(adoption, Optional.of(dump));
    clock.advance(Duration.ofHours(1));
    Backup compared = run();
    assertEquals(Optional.of(compared.startedAt()), comparedAt(compared));
    assertEquals(0, compared.objects().orElseThrow().copied());
    assertEquals(OBJECTS, compared.objects().orElseThrow().referenced());
  }

  /**
   * Nothing else needs this check: the run records a warning, and the next run compares instead.
   */
  @Test
  void comparesInTheNextRunIfTheListingFailed() {
    clock.advance(Duration.ofDays(8));
    lab.proxy().reset();
    lab.proxy().when(Kind.LIST, Fault.status(403));
    Backup uncompared = execute(PlainCore.Sync.REFERENCES);
    assertEquals(JobState.COMPLETE, uncompared.state(), uncompared::toString);
    assertEquals(comparedAt(first), comparedAt(uncompared));
    assertEquals(Optional.empty(), uncompared.objects().orElseThrow().orphans());
    assertTrue(
        uncompared.warnings().stream().anyMatch(warning -> warning.contains("was not compared")),
        uncompared::toString);
    clock.advance(Duration.ofMinutes(5));
    assertCompared(run());
  }

  @Test
  void neverComparesIfConfiguredSo() {
    PlainCore.Sync never =
        new PlainCore.Sync(PlainCore.Sync.REFERENCES.strategy(), Optional.empty());
    clock.advance(Duration.ofDays(80));
    lab.proxy().reset();
    assertNotCompared(execute(never), first);
  }

  @Test
  void comparesWithTheStrategyListing() {
    clock.advance(Duration.ofDays(5));
    Backup listing = run(PlainCore.Sync.LISTING);
    assertEquals(Optional.of(listing.startedAt()), comparedAt(listing));
    clock.advance(Duration.ofDays(5));
    assertNotCompared(run(), listing);
  }

  @Test
  void comparesEveryTimeIfConfiguredSo() {
    PlainCore.Sync always =
        new PlainCore.Sync(PlainCore.Sync.REFERENCES.strategy(), Optional.of(Duration.ZERO));
    assertCompared(run(always));
    assertCompared(run(always));
  }
}
