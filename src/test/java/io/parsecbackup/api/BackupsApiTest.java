package io.parsecbackup.api;

import static io.parsecbackup.testing.Sidecar.awaitEnd;
import static io.parsecbackup.testing.Sidecar.operator;
import static io.parsecbackup.testing.Sidecar.start;
import static io.parsecbackup.testing.Sidecar.viewer;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasKey;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.parsecbackup.testing.Fault;
import io.parsecbackup.testing.S3Request;
import io.parsecbackup.testing.Sidecar;
import io.parsecbackup.testing.SidecarStack;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@QuarkusTest
@WithTestResource(SidecarStack.class)
class BackupsApiTest {

  private static final String BACKUPS = "/api/v1/backups";

  @SuppressWarnings("NullAway.Init") // Filled by SidecarStack.
  Sidecar sidecar;

  @BeforeEach
  void reset() {
    sidecar.reset();
  }

  @AfterEach
  void quiet() {
    sidecar.proxy().reset();
  }

  @Test
  void returnsTheDocumentedFieldsInOrder() throws Exception {
    var accepted = operator().post(BACKUPS).then().statusCode(202).extract();
    String id = accepted.path("id");
    assertEquals(BACKUPS + "/" + id, accepted.header("Location"));
    assertEquals("running", accepted.<String>path("state"));
    assertEquals("rest", accepted.<String>path("trigger"));

    assertEquals("complete", awaitEnd(id));

    JsonNode shown =
        new ObjectMapper().readTree(viewer().get(accepted.header("Location")).asString());
    assertEquals(
        List.of(
            "id",
            "state",
            "trigger",
            "snapshotAt",
            "startedAt",
            "finishedAt",
            "postgres",
            "dump",
            "objects",
            "sha256sums",
            "seal"),
        names(shown));
    assertEquals(
        List.of("server", "pgDump", "database", "encoding", "collate", "parsecMigration", "schema"),
        names(shown.get("postgres")));
    assertEquals(
        List.of("file", "format", "bytes", "sha256", "encrypted"), names(shown.get("dump")));
    assertEquals(
        List.of(
            "strategy",
            "referenced",
            "referencedBytes",
            "copied",
            "copiedBytes",
            "skipped",
            "missing",
            "accepted",
            "failed",
            "refused",
            "conflicts",
            "orphans",
            "comparedAt",
            "checkedByLengthOnly"),
        names(shown.get("objects")));
    assertTrue(shown.get("objects").get("copied").asInt() >= SidecarStack.BLOCKS);
    assertEquals(
        new ObjectMapper()
            .readTree(
                Files.readAllBytes(
                    sidecar.repository().resolve("backups").resolve(id).resolve("backup.json"))),
        shown);
  }

  @Test
  void refusesASecondBackupAndNamesTheRunningOne() {
    sidecar.holdObjects();
    String id = start();

    operator()
        .post(BACKUPS)
        .then()
        .statusCode(409)
        .contentType("application/problem+json")
        .body("status", is(409))
        .body("title", is("Conflict"))
        .body("kind", is("held"))
        .body("detail", containsString(id));

    viewer().get(BACKUPS + "/" + id).then().body("progress", hasKey("phase"));
    operator().post(BACKUPS + "/" + id + "/cancel").then().statusCode(202);
    awaitEnd(id);
  }

  @Test
  void cancelsARunningBackupWhichThenPublishesNothing() {
    sidecar.holdObjects();
    String id = start();

    operator().post(BACKUPS + "/" + id + "/cancel").then().statusCode(202);

    assertEquals("cancelled", awaitEnd(id));
    assertFalse(Files.exists(sidecar.repository().resolve("backups").resolve(id)));
    operator()
        .post(BACKUPS + "/" + id + "/cancel")
        .then()
        .statusCode(409)
        .contentType("application/problem+json")
        .body("kind", is("not-running"))
        .body("detail", containsString("cancelled"));
  }

  @Test
  void listsNewestFirstWithFailedRunsToo() {
    String complete = start();
    awaitEnd(complete);
    sidecar.refuseListing();
    String failed = start();
    assertEquals("failed", awaitEnd(failed));
    sidecar.proxy().reset();
    String newest = start();
    awaitEnd(newest);

    assertEquals(List.of(newest, failed, complete), ids(""));
    assertEquals(List.of(failed), ids("?state=failed"));
    assertEquals(List.of(newest, complete), ids("?state=complete"));
    assertEquals(List.of(newest), ids("?limit=1"));
    assertEquals(List.of(failed, complete), ids("?before=" + newest));
    assertEquals(List.of(complete), ids("?state=complete&before=" + newest + "&limit=5"));
    viewer()
        .get(BACKUPS + "/" + failed)
        .then()
        .body("error", containsString("bucket"))
        .body("$", not(hasKey("sha256sums")));
  }

  @Test
  void acceptsTheLossesOfABackupOnce() {
    sidecar.proxy().when(S3Request.Kind.GET_OBJECT, Fault.status(404));
    String id = start();
    assertEquals("incomplete", awaitEnd(id));
    viewer()
        .get("/api/v1/status")
        .then()
        .body("recommendations[0]", containsString("accept " + id));
    int lost = sidecar.stack().data().referencedKeys().size();
    String acceptance = BACKUPS + "/" + id + "/acceptance";
    viewer().post(acceptance).then().statusCode(403);
    operator().body("{\"reason\":1,\"x\":2}").post(acceptance).then().statusCode(400);
    operator().post(BACKUPS + "/20200101T000000Z/acceptance").then().statusCode(404);
    operator()
        .body("{\"reason\":\"the disk is gone\"}")
        .post(acceptance)
        .then()
        .statusCode(201)
        .body("backup", is(id))
        .body("objects", is(lost))
        .body("trigger", is("rest"))
        .body("reason", is("the disk is gone"));
    operator()
        .post(acceptance)
        .then()
        .statusCode(200)
        .body("objects", is(0))
        .body("already", is(lost));

    String next = start();
    assertEquals("complete", awaitEnd(next));
    viewer()
        .get(BACKUPS + "/" + next)
        .then()
        .body("objects.accepted", is(lost))
        .body("objects.missing", is(0));
  }

  @Test
  void listsNothingWithoutARepository() {
    viewer().get(BACKUPS).then().statusCode(200).body("backups", empty());
  }

  @Test
  void reportsTheStatus() {
    viewer()
        .get("/api/v1/status")
        .then()
        .statusCode(200)
        .body("stale", is(true))
        .body("$", not(hasKey("latest")))
        .body("$", not(hasKey("nextRun")))
        .body("repositoryBytes", is(0));
    String id = start();
    awaitEnd(id);
    var status = viewer().get("/api/v1/status").then().statusCode(200).extract().jsonPath();
    assertEquals(id, status.getString("latest.id"));
    assertTrue(status.getInt("latestAgeSeconds") < 60);
    assertFalse(status.getBoolean("stale"));
    assertEquals(List.of(), status.getList("damaged"));
    assertTrue(status.getLong("repositoryBytes") > SidecarStack.BLOCKS * 2_000L);
    assertTrue(status.getLong("freeBytes") > 0);
    assertTrue(status.getString("recommendations[0]").contains("drill"));

    sidecar.holdObjects();
    sidecar.stack().data().addBlocks(1);
    String running = start();
    viewer()
        .get("/api/v1/status")
        .then()
        .body("running.id", equalTo(running))
        .body("running.state", equalTo("running"))
        .body("latest.id", equalTo(id));
    operator().post(BACKUPS + "/" + running + "/cancel").then().statusCode(202);
    awaitEnd(running);
  }

  private static List<String> ids(String query) {
    return viewer().get(BACKUPS + query).then().statusCode(200).extract().path("backups.id");
  }

  private static List<String> names(JsonNode object) {
    List<String> names = new ArrayList<>();
    object.fieldNames().forEachRemaining(names::add);
    return names;
  }
}
