package io.parsecbackup.metrics;

import static io.restassured.RestAssured.given;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parsecbackup.BoundedRead;
import io.parsecbackup.backup.Backup;
import io.parsecbackup.backup.BackupCatalog;
import io.parsecbackup.backup.BackupConfig;
import io.parsecbackup.backup.BackupService;
import io.parsecbackup.backup.BackupTools;
import io.parsecbackup.backup.RepositorySettings;
import io.parsecbackup.backup.SourceSettings;
import io.parsecbackup.copy.CopyStart;
import io.parsecbackup.job.JobRunner;
import io.parsecbackup.job.JobState;
import io.parsecbackup.job.Trigger;
import io.parsecbackup.repository.storage.folder.StableStorage;
import io.parsecbackup.restore.Drill;
import io.parsecbackup.restore.JobService;
import io.parsecbackup.restore.Verification;
import io.parsecbackup.retention.PruneRequest;
import io.parsecbackup.schedule.BackupFreshness;
import io.parsecbackup.schedule.CopyFreshness;
import io.parsecbackup.testing.CheckRecords;
import io.parsecbackup.testing.Fault;
import io.parsecbackup.testing.PlainCore;
import io.parsecbackup.testing.S3Request;
import io.parsecbackup.testing.Sidecar;
import io.parsecbackup.testing.SidecarStack;
import io.prometheus.client.Collector;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The metrics, read without a token. */
@QuarkusTest
@WithTestResource(SidecarStack.class)
class MetricsTest {

  private static final Instant YESTERDAY = Instant.parse("2026-11-22T04:35:00Z");
  private static final Instant TODAY = Instant.parse("2026-11-23T04:35:00.250Z");

  /** A row of the table in docs/metrics.md. */
  private static final Pattern ROW = Pattern.compile("(?m)^\\| `(parsec_[a-z_]+)`");

  @SuppressWarnings("NullAway.Init") // Filled by SidecarStack.
  Sidecar sidecar;

  @Inject BackupService backups;
  @Inject JobService jobs;
  @Inject BackupFreshness freshness;
  @Inject CopyFreshness copies;
  @Inject RepositorySettings repositorySettings;
  @Inject SourceSettings sourceSettings;
  @Inject BackupTools tools;
  @Inject BackupConfig config;
  @Inject Clock clock;

  @BeforeEach
  void reset() {
    sidecar.reset();
  }

  @Test
  void areAbsentWhileUnknownAndCountFromZero() {
    Map<String, Double> expected = counters();
    expected.put("stale", 1.0);
    expected.put("copy_stale", 1.0);
    // The values of the test before may still be shown for a moment.
    Awaitility.await()
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(() -> {
          Map<String, Double> metrics = await(expected);
          metrics.remove("parsec_backup_repository_free_bytes");
          assertEquals(
              expected.size(), metrics.size(), () -> metrics + " is more than " + expected);
        });
  }

  /** As they are before the first run. */
  private static Map<String, Double> counters() {
    Map<String, Double> counters = new TreeMap<>();
    for (String state : List.of("complete", "incomplete", "failed", "cancelled")) {
      for (String trigger : List.of("schedule", "rest", "cli")) {
        counters.put("runs_total{state=\"" + state + "\",trigger=\"" + trigger + "\"}", 0.0);
      }
    }
    for (String outcome :
        List.of("copied", "skipped", "missing", "failed", "refused", "conflict")) {
      counters.put("objects_total{outcome=\"" + outcome + "\"}", 0.0);
    }
    counters.put("object_bytes_total", 0.0);
    return counters;
  }

  @Test
  void reportTheNewestBackupAndALaterFailedRun() throws Exception {
    Sidecar.awaitEnd(Sidecar.start());
    sidecar.refuseListing();
    assertEquals("failed", Sidecar.awaitEnd(Sidecar.start()));
    Backup backup = backups.catalog().latest().orElseThrow();
    Backup failed = backups.catalog().newestEnded().orElseThrow();

    Map<String, Double> expected = counters();
    expected.put("last_success_timestamp_seconds", seconds(backup.snapshotAt().orElseThrow()));
    expected.put("stale", 0.0);
    expected.put("copy_stale", 1.0);
    expected.put("last_run_timestamp_seconds", seconds(failed.finishedAt().orElseThrow()));
    for (String state : List.of("complete", "incomplete", "failed", "cancelled")) {
      expected.put("last_run_state{state=\"" + state + "\"}", state.equals("failed") ? 1.0 : 0.0);
    }
    expected.put("runs_total{state=\"complete\",trigger=\"rest\"}", 1.0);
    expected.put("runs_total{state=\"failed\",trigger=\"rest\"}", 1.0);
    expected.put("dump_bytes", (double) backup.dump().orElseThrow().bytes());
    Map<String, Double> phases = backups.catalog().phaseSeconds(backup);
    phases.forEach(
        (phase, took) -> expected.put("duration_seconds{phase=\"" + phase + "\"}", took));
    expected.put("dump_encrypted", 0.0);
    expected.put("objects_missing", 0.0);
    expected.put("objects_accepted", 0.0);
    expected.put("objects_total{outcome=\"copied\"}", (double) SidecarStack.BLOCKS);
    expected.put("object_bytes_total", SidecarStack.BLOCKS * 2_000.0);
    Map<String, Double> metrics = await(expected);

    assertEquals(Set.of("prepare", "dump", "recover", "sync", "publish"), phases.keySet());
    Double freeBytes = metrics.remove("parsec_backup_repository_free_bytes");
    assertTrue(freeBytes != null && freeBytes > 0, () -> "free bytes: " + freeBytes);
    assertEquals(expected.size(), metrics.size(), () -> metrics + " is more than " + expected);
  }

  @Test
  void countMissingObjectsAndForgetARemovedRepository() {
    Sidecar.awaitEnd(Sidecar.start());
    sidecar.reset();
    sidecar.proxy().when(S3Request.Kind.GET_OBJECT, Fault.status(404));
    assertEquals("incomplete", Sidecar.awaitEnd(Sidecar.start()));

    Map<String, Double> metrics =
        await(
            Map.of(
                "objects_missing",
                (double) SidecarStack.BLOCKS,
                "objects_accepted",
                0.0,
                "objects_total{outcome=\"missing\"}",
                (double) SidecarStack.BLOCKS,
                "objects_total{outcome=\"copied\"}",
                0.0,
                "last_run_state{state=\"incomplete\"}",
                1.0,
                "stale",
                1.0));
    assertFalse(metrics.containsKey("parsec_backup_last_success_timestamp_seconds"));
  }

  @Test
  void reportTheStateOfVerificationsAndDrills() {
    CheckRecords.write(sidecar.repository(), Verification.KIND, JobState.INCOMPLETE, TODAY);
    CheckRecords.write(sidecar.repository(), Drill.KIND, JobState.COMPLETE, YESTERDAY);
    CheckRecords.write(sidecar.repository(), Drill.KIND, JobState.FAILED, TODAY);
    CheckRecords.write(sidecar.repository(), PruneRequest.KIND, JobState.COMPLETE, TODAY);

    await(Map.of("last_prune_state{state=\"complete\"}", 1.0, "last_prune_refused", 0.0));
    await(
        Map.of(
            "last_verification_timestamp_seconds",
            seconds(TODAY),
            "last_verification_state{state=\"incomplete\"}",
            1.0,
            "last_verification_state{state=\"complete\"}",
            0.0,
            "known_damage",
            0.0,
            "last_drill_timestamp_seconds",
            seconds(YESTERDAY),
            "last_drill_state{state=\"failed\"}",
            1.0,
            "last_drill_state{state=\"complete\"}",
            0.0));
  }

  @Test
  void keepTheirValuesWhileTheRepositoryHangs() {
    Sidecar.awaitEnd(Sidecar.start());
    CountDownLatch disk = new CountDownLatch(1);
    AtomicBoolean hangs = new AtomicBoolean();
    AtomicInteger looks = new AtomicInteger();
    BackupService hanging =
        new BackupService(new JobRunner(), repositorySettings, sourceSettings, tools) {
          @Override
          public BackupCatalog catalog() {
            if (hangs.get()) {
              looks.incrementAndGet();
              hang(disk);
            }
            return super.catalog();
          }
        };
    BackupMetrics metrics =
        new BackupMetrics(
            hanging,
            jobs,
            new BackupFreshness(hanging, config, clock),
            copies,
            new BoundedRead.Times(Duration.ofMillis(500), Duration.ZERO));
    // The first read can take long on a busy machine.
    Awaitility.await().until(() -> names(metrics).contains("parsec_backup_dump_bytes"));
    Set<String> before = names(metrics);

    hangs.set(true);
    try {
      Set<String> during = names(metrics);
      assertTrue(during.remove("parsec_backup_repository_unanswered_seconds"), during::toString);
      assertEquals(before, during);
      names(metrics);
      assertEquals(2, looks.get(), "one for the metrics, one for the newest backup's date");
    } finally {
      disk.countDown();
    }
    Awaitility.await().until(() -> names(metrics).equals(before));
  }

  private static void hang(CountDownLatch disk) {
    try {
      disk.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Set<String> names(BackupMetrics metrics) {
    return metrics.collect().stream()
        .map(family -> family.name)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  @Test
  void areDocumentedAndTheSameAfterARestart() throws Exception {
    Backup covering = backUpWithoutDump();
    Sidecar.awaitEnd(Sidecar.start());
    CheckRecords.write(sidecar.repository(), Verification.KIND, JobState.COMPLETE, TODAY);
    CheckRecords.write(sidecar.repository(), Drill.KIND, JobState.COMPLETE, TODAY);
    CheckRecords.write(sidecar.repository(), CopyStart.KIND, JobState.COMPLETE, TODAY);
    CheckRecords.write(sidecar.repository(), PruneRequest.KIND, JobState.COMPLETE, TODAY);
    Set<String> documented =
        ROW.matcher(Files.readString(Path.of("docs", "metrics.md")))
            .results()
            .map(row -> row.group(1))
            .collect(Collectors.toCollection(TreeSet::new));

    Map<String, Double> metrics = await(Map.of("last_drill_state{state=\"complete\"}", 1.0));
    assertEquals(
        seconds(covering.coveredUntil().orElseThrow()),
        metrics.get("parsec_backup_covered_until_timestamp_seconds"));
    assertEquals(
        documented,
        metrics.keySet().stream()
            .map(name -> name.replaceFirst("\\{.*", ""))
            .collect(Collectors.toCollection(TreeSet::new)));

    Map<String, Double> afterwards = new TreeMap<>();
    for (Collector.MetricFamilySamples family :
        new BackupMetrics(backups, jobs, freshness, copies).collect()) {
      family.samples.forEach(sample -> afterwards.merge(sample.name, sample.value, Double::sum));
    }
    Map<String, Double> now = new TreeMap<>();
    metrics.forEach((name, value) -> now.merge(name.replaceFirst("\\{.*", ""), value, Double::sum));
    now.remove("parsec_backup_repository_free_bytes");
    afterwards.remove("parsec_backup_repository_free_bytes");
    assertEquals(now, afterwards);
  }

  private Backup backUpWithoutDump() {
    Map<String, String> settings = new TreeMap<>(sidecar.stack().environment());
    settings.put("PARSEC_BACKUP_DUMP_FORMAT", "none");
    return PlainCore.backups(
            sidecar.repository(),
            settings,
            new StableStorage(),
            PlainCore.Limits.USUAL,
            PlainCore.Sync.REFERENCES,
            Clock.systemUTC())
        .start(Trigger.CLI)
        .execute()
        .document();
  }

  @Test
  void containNothingAboutTheMachine() {
    String text = scrape();
    for (String other : new String[] {"jvm_", "http_", "process_", "system_", "netty", "worker_"}) {
      assertTrue(!text.contains(other), text);
    }
  }

  private static double seconds(Instant time) {
    return time.toEpochMilli() / 1e3;
  }

  /**
   * All of our metrics, once they include these: the reported values are at most a few seconds old.
   */
  private static Map<String, Double> await(Map<String, Double> expected) {
    return Awaitility.await()
        .atMost(Duration.ofSeconds(30))
        .pollInterval(Duration.ofMillis(500))
        .until(
            MetricsTest::ours,
            metrics ->
                expected.entrySet().stream()
                    .allMatch(fact ->
                        fact.getValue().equals(metrics.get("parsec_backup_" + fact.getKey()))));
  }

  private static Map<String, Double> ours() {
    Map<String, Double> metrics = new TreeMap<>();
    scrape()
        .lines()
        .filter(line -> line.startsWith("parsec_"))
        .map(line -> line.split(" ", 2))
        .forEach(parts -> metrics.put(parts[0].replace(",}", "}"), Double.valueOf(parts[1])));
    return metrics;
  }

  private static String scrape() {
    return given().get("/q/metrics").then().statusCode(200).extract().asString();
  }
}
