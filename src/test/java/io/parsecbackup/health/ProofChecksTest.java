package io.parsecbackup.health;

import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;

import io.parsecbackup.job.JobKind;
import io.parsecbackup.job.JobState;
import io.parsecbackup.restore.Verification;
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
import org.junit.jupiter.params.provider.ValueSource;

/** The probes for verifications and drills. */
@QuarkusTest
@WithTestResource(SidecarStack.class)
class ProofChecksTest {

  private static final Instant YESTERDAY = Instant.parse("2026-11-22T04:35:00Z");
  private static final Instant TODAY = Instant.parse("2026-11-23T04:35:00Z");

  @SuppressWarnings("NullAway.Init") // Filled by SidecarStack.
  Sidecar sidecar;

  @BeforeEach
  void reset() {
    sidecar.reset();
  }

  @ParameterizedTest
  @ValueSource(strings = {"verify", "drill"})
  void isUpBeforeTheFirstOne(String word) {
    JobKind kind = new JobKind(word);
    assertCheck(kind, "UP", "none");
  }

  @ParameterizedTest
  @ValueSource(strings = {"verify", "drill"})
  void dependsOnTheNewestThatHasEnded(String word) {
    JobKind kind = new JobKind(word);
    write(kind, JobState.INCOMPLETE, YESTERDAY);
    assertCheck(kind, "DOWN", "incomplete");
    write(kind, JobState.COMPLETE, TODAY);
    assertCheck(kind, "UP", "complete");
    given()
        .get("/q/health/group/backup")
        .then()
        .body("checks.find { it.name == '" + name(kind) + "' }.data.at", is(TODAY.toString()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"verify", "drill"})
  void isDownAfterAFailureWithoutTheReason(String word) {
    JobKind kind = new JobKind(word);
    write(kind, JobState.COMPLETE, YESTERDAY);
    write(kind, JobState.FAILED, TODAY);
    assertCheck(kind, "DOWN", "failed");
    given().get("/q/health/group/backup").then().body(not(containsString("S3CRET")));
  }

  @Test
  void staysDownWhileDamageIsNotRepaired() throws Exception {
    write(Verification.KIND, JobState.COMPLETE, TODAY);
    Path list = sidecar.repository().resolve("checks/20261124T043000Z-damaged.tsv");
    Files.writeString(list, "an object");
    assertCheck(Verification.KIND, "DOWN", "complete");
    Files.delete(list);
    assertCheck(Verification.KIND, "UP", "complete");
  }

  @Test
  void ignoresACancelledOne() {
    write(Verification.KIND, JobState.INCOMPLETE, YESTERDAY);
    write(Verification.KIND, JobState.CANCELLED, TODAY);
    assertCheck(Verification.KIND, "DOWN", "incomplete");
  }

  @Test
  void isDownWhileTheRecordsCannotBeRead() throws IOException {
    Files.createDirectories(sidecar.repository());
    Files.writeString(sidecar.repository().resolve("checks"), "no folder");
    assertCheck(Verification.KIND, "DOWN", "unknown");
  }

  private void write(JobKind kind, JobState state, Instant finishedAt) {
    CheckRecords.write(sidecar.repository(), kind, state, finishedAt);
  }

  private static String name(JobKind kind) {
    return kind.equals(Verification.KIND) ? "backup-verification" : "backup-drill";
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
