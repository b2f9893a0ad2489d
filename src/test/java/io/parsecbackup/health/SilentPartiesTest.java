package io.parsecbackup.health;

import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Database and bucket accept connections but never answer. */
@QuarkusTest
@TestProfile(SilentPartiesTest.Settings.class)
class SilentPartiesTest {

  /** Never accepts: connections wait in its queue. Open until the process ends. */
  private static @Nullable ServerSocket silent;

  /** Names the silent port for both. */
  public static class Settings implements QuarkusTestProfile {
    @Override
    public Map<String, String> getConfigOverrides() {
      int port = silentPort();
      return Map.of(
          "quarkus.http.test-port",
          "0",
          "parsec.backup.repository",
          Path.of("target", "silent-repository").toAbsolutePath().toString(),
          "PARSEC_DB",
          "postgresql://parsec:secret@127.0.0.1:" + port + "/parsec",
          "PARSEC_BLOCKSTORE",
          "s3:http\\://127.0.0.1\\:" + port + ":r:bucket:key:secret");
    }

    private static int silentPort() {
      try {
        silent = new ServerSocket(0, 1_000, InetAddress.getLoopbackAddress());
        return silent.getLocalPort();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  @Test
  void answersWithinSeconds() {
    given().get("/q/health/live").then().statusCode(200);
    given().get("/q/health/started").then().statusCode(200);
    for (int i = 0; i < 3; i++) {
      long before = System.nanoTime();
      String answer =
          given()
              .get("/q/health/ready")
              .then()
              .statusCode(503)
              .body("checks.find { it.name == 'database' }.data.detail", is("NO_ANSWER"))
              .body("checks.find { it.name == 'blockstore' }.data.detail", is("NO_ANSWER"))
              .extract()
              .asString();
      Duration took = Duration.ofNanos(System.nanoTime() - before);
      assertTrue(took.compareTo(Duration.ofSeconds(8)) < 0, took.toString());
      assertTrue(!answer.contains("secret") && !answer.contains("127.0.0.1"), answer);
    }
  }
}
