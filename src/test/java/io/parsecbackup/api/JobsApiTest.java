package io.parsecbackup.api;

import static io.parsecbackup.testing.Sidecar.awaitEnd;
import static io.parsecbackup.testing.Sidecar.operator;
import static io.parsecbackup.testing.Sidecar.start;
import static io.parsecbackup.testing.Sidecar.viewer;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.greaterThanOrEqualTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.not;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parsecbackup.testing.ParsecStack;
import io.parsecbackup.testing.PgDump;
import io.parsecbackup.testing.RepositoryDamage;
import io.parsecbackup.testing.Sidecar;
import io.parsecbackup.testing.SidecarStack;
import io.parsecbackup.testing.TreeComparison;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.restassured.response.ValidatableResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Verify, drill and restore over REST. */
@QuarkusTest
@WithTestResource(SidecarStack.class)
class JobsApiTest {

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @SuppressWarnings("NullAway.Init") // Filled by SidecarStack.
  Sidecar sidecar;

  @TempDir Path folder;
  private String backup = "";

  @BeforeEach
  void takeABackup() {
    sidecar.reset();
    sidecar.stack().allowDatabases();
    backup = start();
    assertEquals("complete", awaitEnd(backup));
  }

  @AfterEach
  void quiet() {
    sidecar.proxy().reset();
  }

  private static String begin(String path, Object body) {
    var accepted =
        operator()
            .contentType(ContentType.JSON)
            .body(body)
            .post("/api/v1/backups/" + path)
            .then()
            .statusCode(202)
            .extract();
    assertEquals("/api/v1/jobs/" + accepted.path("id"), accepted.header("Location"));
    assertEquals("running", accepted.<String>path("state"));
    return accepted.path("id");
  }

  private static ValidatableResponse ended(String id) {
    Awaitility.await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(50))
        .until(() -> !viewer().get("/api/v1/jobs/" + id).path("state").equals("running"));
    return viewer().get("/api/v1/jobs/" + id).then().statusCode(200);
  }

  @Test
  void verifiesAPartAndReturnsTheDocumentedFields() {
    String id = begin("latest/verifications", Map.of("subset", "1/2"));
    ended(id)
        .body("kind", equalTo("verify"))
        .body("state", equalTo("complete"))
        .body("backup", equalTo(backup))
        .body("subset", equalTo("1/2"))
        .body("trigger", equalTo("rest"))
        .body("findings", empty());
    viewer().get("/api/v1/jobs").then().statusCode(200).body("jobs.id", hasItem(id));
    viewer()
        .get("/api/v1/jobs/" + id + "/events")
        .then()
        .statusCode(200)
        .body(containsString("\"complete\""));
    operator()
        .post("/api/v1/jobs/" + id + "/cancel")
        .then()
        .statusCode(409)
        .body("kind", equalTo("not-running"));
  }

  @Test
  void copiesToTheConfiguredPlace() {
    for (Object wrong : List.of(Map.of(), Map.of("kind", "backup"), Map.of("kind", 1))) {
      operator()
          .body(wrong)
          .contentType(ContentType.JSON)
          .post("/api/v1/jobs")
          .then()
          .statusCode(400);
    }
    viewer().body("{\"kind\":\"copy\"}").post("/api/v1/jobs").then().statusCode(403);
    var accepted =
        operator()
            .body("{\"kind\":\"copy\"}")
            .post("/api/v1/jobs")
            .then()
            .statusCode(202)
            .extract();
    assertEquals("/api/v1/jobs/" + accepted.path("id"), accepted.header("Location"));
    ended(accepted.path("id"))
        .body("kind", equalTo("copy"))
        .body("state", equalTo("complete"))
        .body("backup", equalTo(backup))
        .body("copies[0].repository", equalTo(sidecar.copy().toString()))
        .body("copies[0].backups", equalTo(1))
        .body("checked.objects", greaterThanOrEqualTo(SidecarStack.BLOCKS));
    assertTrue(Files.exists(sidecar.copy().resolve("backups/" + backup + "/backup.json")));
    viewer()
        .get("/api/v1/status")
        .then()
        .body("copy.id", equalTo(accepted.path("id")))
        .body("copy.state", equalTo("complete"));
  }

  @Test
  void usesDefaultsWithoutABody() {
    String id =
        operator()
            .post("/api/v1/backups/" + backup + "/verifications")
            .then()
            .statusCode(202)
            .extract()
            .path("id");
    ended(id).body("state", equalTo("complete")).body("subset", equalTo("1/1"));
  }

  @Test
  void namesDamageAndKeepsTheResult() throws Exception {
    String key = sidecar.stack().bucket().list().first();
    RepositoryDamage.flip(sidecar.repository().resolve("objects").resolve(key));
    ended(begin("latest/verifications", Map.of()))
        .body("state", equalTo("incomplete"))
        .body("findings[0].key", equalTo(key))
        .body("findings[0].problem", equalTo("digest"));
    viewer()
        .get("/api/v1/status")
        .then()
        .body("verification.state", equalTo("incomplete"))
        .body("recommendations[0]", containsString("drill"));
  }

  @Test
  void drillsAndRecommendsNoDrillAfterwards() {
    ended(begin("latest/drills", Map.of()))
        .body("kind", equalTo("drill"))
        .body("state", equalTo("complete"))
        .body("checked.objects", greaterThanOrEqualTo(SidecarStack.BLOCKS));
    viewer()
        .get("/api/v1/status")
        .then()
        .body("drill.state", equalTo("complete"))
        .body("recommendations", empty());
  }

  @Test
  void restoresIntoTargetsThatFilesName() throws Exception {
    ParsecStack.Target target = sidecar.stack().target("restored-over-rest");
    Path database = Files.writeString(sidecar.targetDatabase(), target.databaseUri());
    Path blockstore = Files.writeString(sidecar.targetBlockstore(), target.blockstore());
    Map<String, Object> body = Map.of("database", "@" + database, "blockstore", "@" + blockstore);

    ended(begin(backup + "/restores", body))
        .body("kind", equalTo("restore"))
        .body("state", equalTo("complete"))
        .body("next", not(empty()));

    TreeComparison objects =
        TreeComparison.of(sidecar.repository().resolve("objects"), target.bucket());
    assertEquals(sidecar.stack().bucket().size(), objects.same(), objects.toString());
    assertEquals(PgDump.text(sidecar.stack().databaseUri()), PgDump.text(target.databaseUri()));
    // The target is not empty now: the restore refuses it and says why.
    ended(begin(backup + "/restores", body))
        .body("state", equalTo("failed"))
        .body("error", containsString("replace"));
  }

  /** An existing file, a missing file and a block of the repository get the same answer. */
  @Test
  void refusesATargetThatIsNotListed() throws Exception {
    Path secret = Files.writeString(folder.resolve("secret"), "postgresql://u:s3cr3t@h/d");
    String block = sidecar.stack().bucket().list().first();
    List<String> answers = new ArrayList<>();
    for (String target :
        List.of(
            "@" + secret,
            "@" + folder.resolve("absent"),
            "@" + sidecar.repository().resolve("objects").resolve(block),
            "@" + sidecar.targetDatabase() + "/../secret",
            "@/dev/zero",
            "env:HOME",
            "postgresql://parsec:s3cr3t@127.0.0.1/parsec",
            "")) {
      answers.add(refusedRestore(Map.of("database", target)));
      answers.add(refusedRestore(Map.of("blockstore", target)).replace("blockstore", "database"));
    }
    assertEquals(1, Set.copyOf(answers).size(), answers.toString());
    assertTrue(answers.getFirst().contains("parsec.backup.api.restore-targets"));
    assertEquals(
        List.of(), viewer().get("/api/v1/jobs").path("jobs.findAll { it.kind == 'restore' }"));
  }

  @Test
  void namesWhatIsWrongWithARestoresBody() {
    assertTrue(
        refusedRestore(Map.of("database", "env:NO_SUCH_VARIABLE")).contains("NO_SUCH_VARIABLE"));
    assertTrue(refusedRestore(Map.of("only", "everything")).contains("everything"));
    assertTrue(refusedRestore(Map.of("databse", "env:HOME")).contains("databse"));
    assertTrue(refusedRestore(Map.of("replace", "yes")).contains("replace"));
  }

  private static String refusedRestore(Map<String, Object> body) {
    return operator()
        .contentType(ContentType.JSON)
        .body(body)
        .post("/api/v1/backups/latest/restores")
        .then()
        .statusCode(400)
        .contentType("application/problem+json")
        .extract()
        .asString();
  }

  @Test
  void allowsAViewerToReadJobsButNotToStartThem() {
    for (String job : new String[] {"verifications", "drills", "restores"}) {
      viewer().post("/api/v1/backups/latest/" + job).then().statusCode(403);
      operator().post("/api/v1/backups/20000101T000000Z/" + job).then().statusCode(404);
    }
    viewer().get("/api/v1/jobs/20000101T000000Z").then().statusCode(404);
    operator()
        .contentType(ContentType.JSON)
        .body(Map.of("subset", "3/2"))
        .post("/api/v1/backups/latest/verifications")
        .then()
        .statusCode(400);
  }

  @Test
  void doesNotWaitForARunningBackup() {
    sidecar.stack().data().addBlocks(1);
    sidecar.holdObjects();
    String running = start();
    operator()
        .post("/api/v1/backups/latest/verifications")
        .then()
        .statusCode(409)
        .body("detail", containsString(running));
    operator().post("/api/v1/backups/" + running + "/cancel").then().statusCode(202);
    awaitEnd(running);
  }
}
