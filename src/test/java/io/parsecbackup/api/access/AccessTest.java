package io.parsecbackup.api.access;

import static io.parsecbackup.testing.Sidecar.operator;
import static io.parsecbackup.testing.Sidecar.viewer;
import static io.parsecbackup.testing.Sidecar.with;
import static org.hamcrest.Matchers.blankOrNullString;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.parsecbackup.testing.Sidecar;
import io.parsecbackup.testing.SidecarStack;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import io.restassured.specification.RequestSpecification;
import jakarta.inject.Inject;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@QuarkusTest
@WithTestResource(SidecarStack.class)
class AccessTest {

  private static final String ID = "20261122T020000Z";

  @SuppressWarnings("NullAway.Init") // Filled by SidecarStack.
  Sidecar sidecar;

  @Inject FailedLogins failures;

  @BeforeEach
  void reset() {
    sidecar.reset();
    failures.clear();
  }

  @Test
  void limitsWrongTokensButNeverARightOne() {
    for (int i = 0; i < FailedLogins.ALLOWED; i++) {
      with("wrong").get("/api/v1/status").then().statusCode(401);
    }
    with("wrong")
        .get("/api/v1/status")
        .then()
        .statusCode(429)
        .header("Retry-After", "60")
        .contentType("application/problem+json")
        .body("kind", is("token"))
        .body("status", is(429));
    viewer().get("/api/v1/status").then().statusCode(200);
    RestAssured.given().get("/api/v1/status").then().statusCode(401);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/api/v1/backups",
        "/api/v1/backups/" + ID,
        "/api/v1/backups/" + ID + "/events",
        "/api/v1/status",
        "/api/v1/jobs",
        "/api/v1/nothing",
        "/",
        "/nothing",
        "/q",
        "/q/",
        "/q/openapi",
        "/q/openapi?format=json",
        "/q/info",
        "/q/dev-ui",
        "/q/swagger-ui",
        "/q/health-ui",
        "/q/healthy",
        "/q/health/../../api/v1/status",
        "/q/health/..;/..;/api/v1/status",
        "/q/health/%2e%2e/%2e%2e/api/v1/status",
        "//api/v1/status",
        "/api/v1/status/",
        "/api/v1/status;x=1",
        "/API/v1/status"
      })
  void refusesCallsWithoutTheToken(String path) {
    for (RequestSpecification caller :
        List.of(
            RestAssured.given(),
            with("wrong"),
            with(""),
            with(Sidecar.TOKEN + "x"),
            with(Sidecar.TOKEN.toUpperCase(java.util.Locale.ROOT)),
            RestAssured.given().header("Authorization", "Basic " + Sidecar.TOKEN),
            RestAssured.given().header("Authorization", Sidecar.TOKEN),
            RestAssured.given().queryParam("access_token", Sidecar.TOKEN))) {
      caller
          .urlEncodingEnabled(false)
          .get(path)
          .then()
          .statusCode(401)
          .header("WWW-Authenticate", "Bearer")
          .contentType("application/problem+json")
          .body("type", is("about:blank"))
          .body("title", is("Unauthorized"))
          .body("status", is(401))
          .body("kind", is("token"))
          .body("detail", containsString("parsec.backup.api.token"));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"HEAD", "OPTIONS", "POST", "PUT", "DELETE", "PATCH", "TRACE"})
  void refusesEveryMethodWithoutTheToken(String method) {
    for (String path :
        List.of("/api/v1/backups", "/api/v1/backups/" + ID + "/cancel", "/q/openapi", "/x")) {
      assertEquals(
          401, RestAssured.given().request(method, path).statusCode(), method + " " + path);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"/q/health/live", "/q/health/started", "/q/health/ready", "/q/health"})
  void asksProbesForNoToken(String path) {
    RestAssured.given().get(path).then().statusCode(not(401));
    with("wrong").get(path).then().statusCode(not(401));
  }

  @Test
  void asksMetricsForNoToken() {
    assertEquals(false, RestAssured.given().get("/q/metrics").statusCode() == 401);
  }

  @Test
  void allowsAViewerToReadButNotToStartAnything() {
    viewer().get("/api/v1/backups").then().statusCode(200);
    viewer().get("/api/v1/status").then().statusCode(200);
    viewer().get("/q/openapi").then().statusCode(200);
    for (String path :
        List.of(
            "/api/v1/backups",
            "/api/v1/backups/" + ID + "/cancel",
            "/api/v1/backups/" + ID + "/restores",
            "/api/v1/jobs/1/cancel")) {
      viewer()
          .post(path)
          .then()
          .statusCode(403)
          .contentType("application/problem+json")
          .body("status", is(403))
          .body("kind", is("token"))
          .body("detail", not(blankOrNullString()));
    }
    operator().get("/api/v1/backups").then().body("backups.size()", is(0));
  }
}
