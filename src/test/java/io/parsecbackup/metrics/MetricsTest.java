package io.parsecbackup.metrics;

import static io.restassured.RestAssured.given;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parsecbackup.backup.BackupState;
import io.parsecbackup.backup.Backups;
import io.parsecbackup.restore.JobKind;
import io.parsecbackup.testing.CheckRecords;
import io.parsecbackup.testing.Fault;
import io.parsecbackup.testing.S3Request;
import io.parsecbackup.testing.Sidecar;
import io.parsecbackup.testing.SidecarStack;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What Prometheus is told, without a token. */
@QuarkusTest
@WithTestResource(SidecarStack.class)
class MetricsTest {

  private static final String BACKUP = "parsec_backup_last_success_timestamp_seconds";
  private static final String VERIFICATION = "parsec_backup_last_verification_timestamp_seconds";
  private static final String DRILL = "parsec_backup_last_drill_timestamp_seconds";

  private static final String MISSING = "parsec_backup_objects_missing";

  private static final Instant YESTERDAY = Instant.parse("2026-11-22T04:35:00Z");
  private static final Instant TODAY = Instant.parse("2026-11-23T04:35:00.250Z");

  @SuppressWarnings("NullAway.Init") // Filled by SidecarStack.
  Sidecar sidecar;

  @Inject Backups backups;

  @BeforeEach
  void startAfresh() {
    sidecar.reset();
  }

  @Test
  void areAbsentWhileNothingIsKnown() {
    awaitMetrics(Map.of());
  }

  @Test
  void tellsTheDateOfTheNewestCompleteBackup() throws Exception {
    Sidecar.awaitEnd(Sidecar.start());
    Instant date = backups.catalog().latest().orElseThrow().snapshotAt().orElseThrow();
    sidecar.refuseListing();
    assertEquals("failed", Sidecar.awaitEnd(Sidecar.start()));

    awaitMetrics(
        Map.of(
            BACKUP,
            date.toEpochMilli() / 1e3,
            MISSING,
            0.0,
            outcome("copied"),
            (double) SidecarStack.BLOCKS,
            outcome("skipped"),
            0.0,
            outcome("missing"),
            0.0,
            outcome("failed"),
            0.0,
            outcome("refused"),
            0.0,
            outcome("conflict"),
            0.0,
            "parsec_backup_object_bytes_total",
            SidecarStack.BLOCKS * 2_000.0));
  }

  @Test
  void tellsWhatTheNewestBackupLacksAndForgetsARepositoryThatIsGone() {
    Sidecar.awaitEnd(Sidecar.start());
    sidecar.reset();
    sidecar.proxy().when(S3Request.Kind.GET_OBJECT, Fault.status(404));
    assertEquals("incomplete", Sidecar.awaitEnd(Sidecar.start()));

    Awaitility.await()
        .atMost(Duration.ofSeconds(30))
        .pollInterval(Duration.ofMillis(500))
        .untilAsserted(() -> {
          Map<String, Double> metrics = ours(scrape());
          assertEquals((double) SidecarStack.BLOCKS, metrics.get(MISSING));
          assertEquals((double) SidecarStack.BLOCKS, metrics.get(outcome("missing")));
          assertEquals(0.0, metrics.get(outcome("copied")));
        });
  }

  private static String outcome(String word) {
    return "parsec_backup_objects_total{outcome=\"" + word + "\"}";
  }

  @Test
  void tellsWhenAVerificationAndADrillLastCameToTheirEnd() {
    CheckRecords.write(sidecar.repository(), JobKind.VERIFY, BackupState.INCOMPLETE, TODAY);
    CheckRecords.write(sidecar.repository(), JobKind.DRILL, BackupState.COMPLETE, YESTERDAY);
    CheckRecords.write(sidecar.repository(), JobKind.DRILL, BackupState.FAILED, TODAY);

    awaitMetrics(
        Map.of(
            VERIFICATION, TODAY.toEpochMilli() / 1e3, DRILL, (double) YESTERDAY.getEpochSecond()));
  }

  @Test
  void tellsNothingOfTheMachine() {
    String text = scrape();
    for (String other : new String[] {"jvm_", "http_", "process_", "system_", "netty", "worker_"}) {
      assertTrue(!text.contains(other), text);
    }
  }

  /** What the program says is a few seconds old at most. */
  private static void awaitMetrics(Map<String, Double> expected) {
    Awaitility.await()
        .atMost(Duration.ofSeconds(30))
        .pollInterval(Duration.ofMillis(500))
        .untilAsserted(() -> assertEquals(new TreeMap<>(expected), ours(scrape())));
  }

  private static Map<String, Double> ours(String text) {
    Map<String, Double> metrics = new TreeMap<>();
    text.lines()
        .filter(line -> line.startsWith("parsec_"))
        .map(line -> line.split(" ", 2))
        .forEach(parts -> metrics.put(parts[0], Double.valueOf(parts[1])));
    return metrics;
  }

  private static String scrape() {
    return given().get("/q/metrics").then().statusCode(200).extract().asString();
  }
}
