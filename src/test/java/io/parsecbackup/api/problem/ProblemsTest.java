package io.parsecbackup.api.problem;

import static io.parsecbackup.testing.Sidecar.operator;
import static io.parsecbackup.testing.Sidecar.viewer;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_16BE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parsecbackup.testing.Sidecar;
import io.parsecbackup.testing.SidecarStack;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import io.restassured.response.Response;
import io.restassured.response.ValidatableResponse;
import java.io.ByteArrayInputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@QuarkusTest
@WithTestResource(SidecarStack.class)
class ProblemsTest {

  private static final String ID = "20261122T020000Z";
  private static final String BACKUPS = "/api/v1/backups";
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  @SuppressWarnings("NullAway.Init") // Filled by SidecarStack.
  Sidecar sidecar;

  @BeforeEach
  void reset() {
    sidecar.reset();
  }

  @ParameterizedTest
  @CsvSource({
    "?state=done, state",
    "?limit=0, limit",
    "?limit=1001, limit",
    "?limit=ten, limit",
    "?limit=-1, limit",
    "?limit=99999999999, limit",
    "?before=yesterday, before",
    "?before=20261322T020000Z, before"
  })
  void namesTheParameterThatIsWrong(String query, String parameter) {
    problem(viewer().get(BACKUPS + query), 400)
        .body("kind", is("request"))
        .body("detail", containsString(parameter));
  }

  @ParameterizedTest
  @ValueSource(strings = {ID, "latest", "x", "20261322T020000Z", "..%2f..%2fetc", ID + "/events"})
  void reportsAnUnknownBackup(String id) {
    problem(viewer().urlEncodingEnabled(false).get(BACKUPS + "/" + id), 404)
        .body("kind", is("not-found"));
  }

  @Test
  void reportsAnUnknownBackupToCancel() {
    problem(operator().post(BACKUPS + "/" + ID + "/cancel"), 404).body("kind", is("not-found"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"/", "/nothing", "/api/v1/nothing", "/api/v1", "/q/nothing", "/%7B"})
  void reportsAnUnknownPath(String path) {
    problem(viewer().urlEncodingEnabled(false).get(path), 404).body("kind", is("request"));
  }

  @ParameterizedTest
  @CsvSource({
    "DELETE, /api/v1/backups",
    "PUT, /api/v1/status",
    "GET, /api/v1/backups/20261122T020000Z/cancel",
    "GET, /api/v1/backups/20261122T020000Z/restores",
    "PATCH, /api/v1/backups/20261122T020000Z"
  })
  void reportsAnUnsupportedMethod(String method, String path) {
    problem(operator().request(method, path), 405).body("kind", is("request"));
  }

  @Test
  void reportsAnUnsupportedMediaType() {
    problem(viewer().accept("text/csv").get(BACKUPS), 406).body("kind", is("request"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "/events"})
  void reportsAnUnknownJob(String what) {
    problem(viewer().get("/api/v1/jobs/1" + what), 404).body("kind", is("not-found"));
    problem(operator().post("/api/v1/jobs/1/cancel"), 404).body("kind", is("not-found"));
  }

  @Test
  void answersWithTheReasonIfTheRepositoryRefuses() throws Exception {
    Files.createDirectories(sidecar.repository());
    Files.writeString(sidecar.repository().resolve("holiday.jpg"), "x");

    problem(operator().post(BACKUPS), 500)
        .body("kind", is("repository"))
        .body("detail", containsString("holiday.jpg"));
  }

  @Test
  void refusesBeforeReadingTheBody() {
    problem(viewer().contentType("text/xml").body("<a/>").post("/api/v1/status"), 405);
  }

  /** In the middle of a request's body. */
  @Test
  void doesNotBlameTheRepositoryForADisconnectedClient() throws Exception {
    List<String> logged = new CopyOnWriteArrayList<>();
    Logger logger = Logger.getLogger("io.parsecbackup");
    Handler handler = new Recorder(logged);
    logger.addHandler(handler);
    logger.setLevel(Level.FINE);
    try {
      try (Socket caller = new Socket("127.0.0.1", RestAssured.port)) {
        String request =
            "POST /api/v1/backups/latest/verifications HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer "
                + Sidecar.TOKEN
                + "\r\nContent-Length: 100\r\n\r\n{\"subset";
        caller.getOutputStream().write(request.getBytes(US_ASCII));
        problem(viewer().get(BACKUPS + "/" + ID), 404);
      }
      Awaitility.await().until(() -> logged.toString().contains("disconnected before"));
      assertFalse(logged.toString().contains("repository"), logged.toString());
      assertFalse(logged.toString().contains("internal error"), logged.toString());
    } finally {
      logger.removeHandler(handler);
      logger.setLevel(null);
    }
  }

  /** Keeps the messages. */
  private static final class Recorder extends Handler {
    private final List<String> logged;

    Recorder(List<String> logged) {
      this.logged = logged;
    }

    @Override
    public void publish(LogRecord record) {
      logged.add(new SimpleFormatter().formatMessage(record));
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
  }

  @Test
  void refusesAnEndlessBody() {
    Response response = operator().body("x".repeat(100_000)).post(BACKUPS);
    assertEquals(413, response.statusCode());
  }

  @ParameterizedTest
  @CsvSource({
    "POST, /api/v1/backups",
    "POST, /api/v1/backups/latest/drills",
    "POST, /api/v1/backups/20261122T020000Z/cancel",
    "POST, /api/v1/jobs/1/cancel"
  })
  void refusesFieldsOfACallWithoutABody(String method, String path) {
    problem(operator().body("{\"strategy\": \"listing\"}").request(method, path), 400)
        .body("detail", containsString("no body"));
  }

  /** {@code curl -d} sends a form's media type, and other clients none. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "application/json",
        "application/octet-stream",
        "application/x-www-form-urlencoded",
        "multipart/form-data",
        "text/plain; charset=UTF-16BE",
        "text/xml"
      })
  void readsABodyOfAnyMediaType(String type) throws Exception {
    for (String call : List.of("verifications", "restores", "acceptance")) {
      for (boolean chunked : List.of(false, true)) {
        HttpResponse<String> refused = post(call, type, "{\"nothing\": true}", chunked);
        assertEquals(400, refused.statusCode(), refused::body);
        assertTrue(refused.body().contains("'nothing'"), refused::body);
        for (String none : List.of("", " \n", "null", "{}")) {
          HttpResponse<String> read = post(call, type, none, chunked);
          assertEquals(404, read.statusCode(), read::body);
        }
      }
    }
  }

  /** RestAssured would add a media type. */
  private static HttpResponse<String> post(String call, String type, String text, boolean chunked)
      throws Exception {
    byte[] body = text.getBytes(type.endsWith("UTF-16BE") ? UTF_16BE : UTF_8);
    HttpRequest.Builder request =
        HttpRequest.newBuilder(
                URI.create(
                    RestAssured.baseURI + ":" + RestAssured.port + BACKUPS + "/" + ID + "/" + call))
            .version(HttpClient.Version.HTTP_1_1)
            .header("Authorization", "Bearer " + Sidecar.TOKEN)
            .POST(
                chunked
                    ? BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(body))
                    : BodyPublishers.ofByteArray(body));
    if (!type.isEmpty()) {
      request.header("Content-Type", type);
    }
    return HTTP.send(request.build(), BodyHandlers.ofString());
  }

  private ValidatableResponse problem(Response response, int status) {
    String body = response.asString();
    assertFalse(body.contains("\tat ") || body.contains("io.parsecbackup"), body);
    assertFalse(body.contains("s3cret") || body.contains(Sidecar.TOKEN), body);
    assertFalse(body.contains(sidecar.stack().s3().secretKey()), body);
    return response
        .then()
        .statusCode(status)
        .contentType("application/problem+json")
        .body("type", is("about:blank"))
        .body("status", is(status));
  }
}
