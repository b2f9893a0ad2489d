package io.parsecbackup.cli;

import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.hasItems;
import static org.hamcrest.Matchers.hasKey;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.notNullValue;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.parsecbackup.testing.PackagedProgram;
import io.parsecbackup.testing.PackagedProgram.Ended;
import io.parsecbackup.testing.ParsecData;
import io.parsecbackup.testing.ParsecStack;
import io.parsecbackup.testing.PgDump;
import io.parsecbackup.testing.Sidecar;
import io.parsecbackup.testing.TreeComparison;
import io.restassured.RestAssured;
import io.restassured.http.ContentType;
import io.restassured.response.Response;
import io.restassured.response.ValidatableResponse;
import io.restassured.specification.RequestSpecification;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The packaged service over HTTP. Missing reflection or resources of a native program show only
 * here, not in tests that run on the classes of a JVM.
 */
class ServeIT {

  private static final Duration SOON = Duration.ofSeconds(60);
  private static final Pattern LISTENING = Pattern.compile("Listening on: http://[^:]+:(\\d+)");

  @TempDir static Path scratch;
  private static ParsecStack stack;
  private static ParsecStack.Target target;
  private static Place place;
  private static PackagedProgram service;
  private static int port;

  @BeforeAll
  static void serve() {
    stack = ParsecStack.start(ParsecData.Spec.of(20, 4096)).allowDatabases();
    target = stack.target("restored-by-the-service");
    place =
        Place.of(stack, scratch.resolve("repository"))
            .with("RESTORE_DB", target.databaseUri())
            .with("RESTORE_BLOCKSTORE", target.blockstore())
            .with("PARSEC_BACKUP_API_RESTORE_TARGETS", "env:RESTORE_DB env:RESTORE_BLOCKSTORE")
            .with("QUARKUS_HTTP_PORT", "0")
            .with("PARSEC_BACKUP_SCHEDULE", "off")
            .with("PARSEC_BACKUP_API_TOKEN", Sidecar.TOKEN)
            .with("PARSEC_BACKUP_API_VIEWER_TOKEN", Sidecar.VIEWER_TOKEN);
    service = place.start();
    Awaitility.await().atMost(SOON).until(() -> LISTENING.matcher(service.stderr()).find());
    Matcher listening = LISTENING.matcher(service.stderr());
    assertTrue(listening.find());
    port = Integer.parseInt(listening.group(1));
  }

  @AfterAll
  static void stopCleanly() {
    service.signal("TERM");
    Ended ended = service.await();
    service.close();
    stack.close();
    assertEquals(0, ended.exitCode(), ended.all());
    assertFalse(ended.stderr().contains("Exception"), ended.stderr());
  }

  private static RequestSpecification operator() {
    return Sidecar.operator().port(port);
  }

  private static RequestSpecification viewer() {
    return Sidecar.viewer().port(port);
  }

  private static String begin(String path) {
    return accepted(operator().post("/api/v1/" + path));
  }

  private static String begin(String path, Map<String, Object> body) {
    return accepted(operator().contentType(ContentType.JSON).body(body).post("/api/v1/" + path));
  }

  private static String accepted(Response response) {
    String id = response.then().statusCode(202).extract().path("id");
    assertTrue(response.header("Location").endsWith("/" + id), response.header("Location"));
    return id;
  }

  /** Follows its events until the last one. */
  private static JsonNode end(String path) throws Exception {
    String events =
        viewer().get("/api/v1/" + path + "/events").then().statusCode(200).extract().asString();
    List<String> data = events.lines().filter(line -> line.startsWith("data:")).toList();
    return new ObjectMapper().readTree(data.getLast().substring("data:".length()));
  }

  private static ValidatableResponse ended(String path) throws Exception {
    String state = end(path).path("state").asText();
    return viewer()
        .get("/api/v1/" + path)
        .then()
        .statusCode(200)
        .contentType(ContentType.JSON)
        .body("state", equalTo(state));
  }

  @Test
  void takesVerifiesAndRestoresABackup() throws Exception {
    String backup = begin("backups");
    ended("backups/" + backup)
        .body("state", equalTo("complete"))
        .body("trigger", equalTo("rest"))
        .body("objects.copied", equalTo(20))
        .body("dump.bytes", greaterThan(0))
        .body("postgres.parsecMigration", notNullValue())
        .body("seal", notNullValue());
    viewer().get("/api/v1/backups?state=complete").then().body("backups.id", hasItems(backup));

    ended("jobs/" + begin("backups/latest/verifications", Map.of("subset", "1/1")))
        .body("kind", equalTo("verify"))
        .body("state", equalTo("complete"))
        .body("checked.objects", equalTo(20))
        .body("findings", empty());
    ended("jobs/" + begin("backups/" + backup + "/drills"))
        .body("kind", equalTo("drill"))
        .body("state", equalTo("complete"));
    ended(
            "jobs/"
                + begin(
                    "backups/" + backup + "/restores",
                    Map.of("database", "env:RESTORE_DB", "blockstore", "env:RESTORE_BLOCKSTORE")))
        .body("kind", equalTo("restore"))
        .body("state", equalTo("complete"));
    assertEquals(PgDump.text(stack.databaseUri()), PgDump.text(target.databaseUri()));
    assertEquals(20, TreeComparison.of(place.objects(), target.bucket()).same());

    viewer().get("/api/v1/jobs").then().statusCode(200).body("jobs", hasSize(3));
    viewer()
        .get("/api/v1/status")
        .then()
        .statusCode(200)
        .body("verification.state", equalTo("complete"))
        .body("drill.state", equalTo("complete"))
        .body("recommendations", empty());
    viewer()
        .get("/q/metrics")
        .then()
        .statusCode(200)
        .body(containsString("parsec_backup_last_success_timestamp_seconds"))
        .body(containsString("parsec_backup_stale 0.0"));
    operator()
        .post("/api/v1/backups/" + backup + "/cancel")
        .then()
        .statusCode(409)
        .body("kind", equalTo("not-running"));
  }

  @Test
  void answersItsProbes() {
    for (String probe : List.of("live", "started", "ready")) {
      RequestSpecification anybody = RestAssured.given().port(port);
      anybody.get("/q/health/" + probe).then().statusCode(200).body("status", equalTo("UP"));
    }
  }

  @Test
  void describesItself() {
    viewer()
        .accept(ContentType.JSON)
        .get("/q/openapi?format=json")
        .then()
        .statusCode(200)
        .body("paths", hasKey("/api/v1/backups/{id}/restores"))
        .body("components.schemas.Backup.properties", hasKey("snapshotAt"));
  }

  @Test
  void reportsErrorsAsProblemDocuments() {
    assertProblem(Sidecar.with("nobody's").port(port).get("/api/v1/status"), 401);
    assertProblem(viewer().post("/api/v1/backups"), 403);
    assertProblem(viewer().get("/api/v1/backups/20000101T000000Z"), 404);
    assertProblem(viewer().get("/api/v1/nothing"), 404);
    assertProblem(
        operator()
            .contentType(ContentType.JSON)
            .body(Map.of("databse", "env:RESTORE_DB"))
            .post("/api/v1/backups/latest/restores"),
        400);
    assertProblem(
        operator()
            .contentType(ContentType.JSON)
            .body(Map.of("database", "@/etc/passwd"))
            .post("/api/v1/backups/latest/restores"),
        400);
  }

  private static void assertProblem(Response response, int status) {
    response
        .then()
        .statusCode(status)
        .contentType("application/problem+json")
        .body("status", equalTo(status))
        .body("title", notNullValue())
        .body("detail", notNullValue());
  }
}
