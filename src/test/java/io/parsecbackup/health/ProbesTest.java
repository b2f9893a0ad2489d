package io.parsecbackup.health;

import static io.parsecbackup.testing.Sidecar.awaitEnd;
import static io.parsecbackup.testing.Sidecar.start;
import static io.restassured.RestAssured.given;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.hamcrest.Matchers.containsInAnyOrder;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.parsecbackup.copy.CopyStart;
import io.parsecbackup.job.JobState;
import io.parsecbackup.testing.CheckRecords;
import io.parsecbackup.testing.SettableClock;
import io.parsecbackup.testing.Sidecar;
import io.parsecbackup.testing.SidecarStack;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import io.restassured.response.ValidatableResponse;
import jakarta.inject.Inject;
import java.net.Socket;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@QuarkusTest
@WithTestResource(SidecarStack.class)
class ProbesTest {

  @SuppressWarnings("NullAway.Init") // Filled by SidecarStack.
  Sidecar sidecar;

  @Inject SettableClock clock;

  @BeforeEach
  void reset() {
    sidecar.reset();
  }

  @AfterEach
  void setClockBack() {
    clock.reset();
  }

  @Test
  void reportsEachPartyDownAndUpAndKeepsNoConnection() throws Exception {
    awaitReady("UP", "UP");
    assertEquals(0, connections());

    sidecar.stack().s3().stop();
    sidecar.stack().database().stop();
    try {
      awaitReady("DOWN", "DOWN");
      given().get("/q/health/live").then().statusCode(200).body("status", is("UP"));
      given().get("/q/health/started").then().statusCode(200).body("status", is("UP"));
    } finally {
      sidecar.stack().s3().start();
      sidecar.stack().database().start();
    }
    awaitReady("UP", "UP");
    assertEquals(0, connections());
  }

  @Test
  void isFreshAfterABackupUntilItIsTooOld() {
    freshness(503, "DOWN", "none");
    awaitEnd(start());
    CheckRecords.write(sidecar.repository(), CopyStart.KIND, JobState.COMPLETE, clock.instant());
    freshness(200, "UP", "fresh");
    clock.advance(Duration.ofHours(27));
    freshness(503, "DOWN", "stale");
  }

  @Test
  void keepsFreshnessFromTheProbesThatRestart() {
    given().get("/q/health/live").then().statusCode(200).body("checks.name", is(names("service")));
    given()
        .get("/q/health/started")
        .then()
        .statusCode(200)
        .body("checks.name", is(names("service")));
    ready().body("checks.name", containsInAnyOrder("database", "blockstore", "repository"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"/bakup", "/Backup", "/backup/", "/backup/x", "/%62ackupx", "/", "", "s"})
  void knowsNoOtherGroup(String name) {
    given()
        .urlEncodingEnabled(false)
        .get("/q/health/group" + name)
        .then()
        .statusCode(404)
        .contentType("application/problem+json");
  }

  @Test
  void answersHoweverManyConnectionsAreIdleOrSlow() throws Exception {
    List<Socket> flood = new ArrayList<>();
    try {
      for (int i = 0; i < 400; i++) {
        Socket socket = new Socket("127.0.0.1", RestAssured.port);
        flood.add(socket);
        if (i % 2 == 0) {
          socket.getOutputStream().write("GET /q/health/live HTTP/1.1\r\nHo".getBytes(US_ASCII));
        }
      }
      given().get("/q/health/live").then().statusCode(200);
      given().get("/q/health/started").then().statusCode(200);
      Socket oldest = flood.getFirst();
      oldest.setSoTimeout(10_000);
      assertEquals(-1, oldest.getInputStream().read());
    } finally {
      for (Socket socket : flood) {
        socket.close();
      }
    }
  }

  private static List<String> names(String... names) {
    return List.of(names);
  }

  private static void freshness(int status, String word, String state) {
    given()
        .get("/q/health/group/backup")
        .then()
        .statusCode(status)
        .body("status", is(word))
        .body(
            "checks.name",
            containsInAnyOrder(
                "backup-freshness", "backup-verification", "backup-drill", "backup-copy"))
        .body("checks.find { it.name == 'backup-freshness' }.data.state", is(state))
        .body("checks.find { it.name == 'backup-copy' }.data.state", is(state));
  }

  private static ValidatableResponse ready() {
    return given().get("/q/health/ready").then();
  }

  private static void awaitReady(String database, String blockstore) {
    Awaitility.await()
        .atMost(Duration.ofSeconds(60))
        .pollInterval(Duration.ofMillis(500))
        .untilAsserted(() ->
            ready()
                .statusCode(database.equals("UP") ? 200 : 503)
                .body("checks.find { it.name == 'database' }.status", is(database))
                .body("checks.find { it.name == 'blockstore' }.status", is(blockstore))
                .body("checks.find { it.name == 'repository' }.status", is("UP")));
  }

  /** The connections of the role that the program logs in as. */
  private int connections() throws SQLException {
    try (Connection connection = sidecar.stack().database().connect("postgres");
        Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                "SELECT count(*) FROM pg_stat_activity WHERE usename = 'parsec'")) {
      row.next();
      return row.getInt(1);
    }
  }
}
