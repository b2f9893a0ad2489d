package io.parsecbackup.health;

import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;

import io.parsecbackup.backup.BackupState;
import io.parsecbackup.restore.JobKind;
import io.parsecbackup.testing.CheckRecords;
import io.parsecbackup.testing.Sidecar;
import io.parsecbackup.testing.SidecarStack;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What the probes say of verifications and drills. */
@QuarkusTest
@WithTestResource(SidecarStack.class)
class ProofChecksTest {

  private static final Instant YESTERDAY = Instant.parse("2026-11-22T04:35:00Z");
  private static final Instant TODAY = Instant.parse("2026-11-23T04:35:00Z");

  @SuppressWarnings("NullAway.Init") // Filled by SidecarStack.
  Sidecar sidecar;

  @BeforeEach
  void startAfresh() {
    sidecar.reset();
  }

  @ParameterizedTest
  @EnumSource(names = {"VERIFY", "DRILL"})
  void isUpWhileNoneWasEverMade(JobKind kind) {
    assertCheck(kind, "UP", "none");
  }

  @ParameterizedTest
  @EnumSource(names = {"VERIFY", "DRILL"})
  void goesByTheNewestThatEnded(JobKind kind) {
    write(kind, BackupState.INCOMPLETE, YESTERDAY);
    assertCheck(kind, "DOWN", "incomplete");
    write(kind, BackupState.COMPLETE, TODAY);
    assertCheck(kind, "UP", "complete");
    given()
        .get("/q/health/group/backup")
        .then()
        .body("checks.find { it.name == '" + name(kind) + "' }.data.at", is(TODAY.toString()));
  }

  @ParameterizedTest
  @EnumSource(names = {"VERIFY", "DRILL"})
  void isDownAfterOneThatFailedAndDoesNotSayWhy(JobKind kind) {
    write(kind, BackupState.COMPLETE, YESTERDAY);
    write(kind, BackupState.FAILED, TODAY);
    assertCheck(kind, "DOWN", "failed");
    given().get("/q/health/group/backup").then().body(not(containsString("S3CRET")));
  }

  @Test
  void staysDownWhileDamageIsNotSeenToWhateverAnotherPartSays() throws Exception {
    write(JobKind.VERIFY, BackupState.COMPLETE, TODAY);
    Path list = sidecar.repository().resolve("checks/20261124T043000Z-damaged.tsv");
    Files.writeString(list, "an object");
    assertCheck(JobKind.VERIFY, "DOWN", "complete");
    Files.delete(list);
    assertCheck(JobKind.VERIFY, "UP", "complete");
  }

  @Test
  void passesOverOneThatWasCancelled() {
    write(JobKind.VERIFY, BackupState.INCOMPLETE, YESTERDAY);
    write(JobKind.VERIFY, BackupState.CANCELLED, TODAY);
    assertCheck(JobKind.VERIFY, "DOWN", "incomplete");
  }

  @Test
  void isDownWhileTheRecordsCannotBeRead() throws IOException {
    Files.createDirectories(sidecar.repository());
    Files.writeString(sidecar.repository().resolve("checks"), "no folder");
    assertCheck(JobKind.VERIFY, "DOWN", "unknown");
  }

  private void write(JobKind kind, BackupState state, Instant finishedAt) {
    CheckRecords.write(sidecar.repository(), kind, state, finishedAt);
  }

  private static String name(JobKind kind) {
    return kind == JobKind.VERIFY ? "backup-verification" : "backup-drill";
  }

  private static void assertCheck(JobKind kind, String status, String state) {
    String check = "checks.find { it.name == '" + name(kind) + "' }";
    given()
        .get("/q/health/group/backup")
        .then()
        .body(check + ".status", is(status))
        .body(check + ".data.state", is(state));
  }
}
