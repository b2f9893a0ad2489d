package io.parsecbackup.api.access;

import static io.parsecbackup.testing.Sidecar.with;
import static org.hamcrest.Matchers.is;

import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import io.restassured.RestAssured;
import jakarta.inject.Inject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** No valid token is set: one is empty, and the file of the other does not exist yet. */
@QuarkusTest
@TestProfile(NoTokenTest.Settings.class)
class NoTokenTest {

  private static final Path FILE = Path.of("target", "no-token-test").toAbsolutePath();

  /** No other settings are needed: access is checked before anything else. */
  public static class Settings implements QuarkusTestProfile {
    @Override
    public Map<String, String> getConfigOverrides() {
      return Map.of(
          "quarkus.http.test-port",
          "0",
          "parsec.backup.repository",
          FILE.resolveSibling("no-token-repository").toString(),
          "parsec.backup.api.token",
          "",
          "parsec.backup.api.viewer-token",
          " ",
          "parsec.backup.api.token-file",
          FILE.toString());
    }
  }

  @Inject FailedLogins failures;

  @BeforeEach
  void forgetFailures() {
    failures.clear();
  }

  @AfterEach
  void deleteFile() throws IOException {
    Files.deleteIfExists(FILE);
  }

  @Test
  void refusesEveryCallWhileNoTokenIsSet() {
    for (String path : List.of("/api/v1/backups", "/api/v1/status", "/q/openapi", "/x")) {
      RestAssured.given().get(path).then().statusCode(401);
      for (String token : List.of("", " ", "null", "anything")) {
        with(token).get(path).then().statusCode(401).contentType("application/problem+json");
      }
    }
    RestAssured.given().get("/q/health/live").then().statusCode(200);
  }

  @Test
  void readsTheTokenFileOnEachCall() throws Exception {
    with("the-first-token-4711").get("/api/v1/backups").then().statusCode(401);
    Files.writeString(FILE, "the-first-token-4711\n");
    with("the-first-token-4711")
        .get("/api/v1/backups")
        .then()
        .statusCode(200)
        .body("backups.size()", is(0));
    Files.writeString(FILE, "the-second-token-4711\r\n");
    with("the-first-token-4711").get("/api/v1/backups").then().statusCode(401);
    with("the-second-token-4711").get("/api/v1/backups").then().statusCode(200);
    Files.writeString(FILE, "\n");
    with("the-second-token-4711").get("/api/v1/backups").then().statusCode(401);
    with("").get("/api/v1/backups").then().statusCode(401);
    Files.delete(FILE);
    with("the-second-token-4711").get("/api/v1/backups").then().statusCode(401);
  }
}
