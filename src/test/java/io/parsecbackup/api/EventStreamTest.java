package io.parsecbackup.api;

import static io.parsecbackup.testing.Sidecar.awaitEnd;
import static io.parsecbackup.testing.Sidecar.operator;
import static io.parsecbackup.testing.Sidecar.start;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.parsecbackup.testing.Sidecar;
import io.parsecbackup.testing.SidecarStack;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@QuarkusTest
@WithTestResource(SidecarStack.class)
class EventStreamTest {

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
  void followsABackupUntilItsEnd() throws Exception {
    sidecar.holdObjects();
    String id = start();
    List<JsonNode> events = new ArrayList<>();
    try (HttpClient client = HttpClient.newHttpClient()) {
      Iterator<String> lines = lines(client, id).iterator();
      while (lines.hasNext()) {
        String line = lines.next();
        assertTrue(
            line.isEmpty() || line.startsWith("data:") || line.startsWith("content-type:"), line);
        if (line.startsWith("data:")) {
          events.add(new ObjectMapper().readTree(line.substring("data:".length())));
          if (events.size() == 2) {
            operator().post("/api/v1/backups/" + id + "/cancel").then().statusCode(202);
          }
        }
      }
    }

    assertEquals("running", events.getFirst().get("state").asText());
    assertTrue(events.getFirst().has("progress"));
    assertEquals("cancelled", events.getLast().get("state").asText());
    assertTrue(events.stream().limit(events.size() - 1).allMatch(e -> e.has("progress")));
    assertTrue(events.stream().allMatch(event -> event.get("id").asText().equals(id)));
  }

  @Test
  void sendsOneEventForAnEndedBackup() throws Exception {
    String id = start();
    awaitEnd(id);
    try (HttpClient client = HttpClient.newHttpClient()) {
      List<String> data = lines(client, id).filter(line -> line.startsWith("data:")).toList();
      assertEquals(1, data.size(), data.toString());
      assertTrue(data.getFirst().contains("\"complete\""));
    }
  }

  @Test
  void sendsAFailureAsAnEvent() throws Exception {
    sidecar.holdObjects();
    // The stream checks the run once a second. If it checks between the end of the run and the loss
    // of its record, it correctly reports a cancelled run: then try again.
    List<String> rest = List.of();
    for (int i = 0; i < 5 && !rest.contains("event:problem"); i++) {
      rest = eventsOfARunWhoseRecordIsLost();
    }
    assertTrue(rest.contains("event:problem"), rest.toString());
    assertTrue(rest.toString().contains("\"not-found\""), rest.toString());
  }

  private List<String> eventsOfARunWhoseRecordIsLost() throws Exception {
    String id = start();
    try (HttpClient client = HttpClient.newHttpClient()) {
      Iterator<String> lines = lines(client, id).iterator();
      assertTrue(Stream.generate(lines::next).anyMatch(line -> line.startsWith("data:")));
      operator().post("/api/v1/backups/" + id + "/cancel").then().statusCode(202);
      awaitEnd(id);
      Files.delete(sidecar.repository().resolve("runs").resolve(id + ".json"));
      List<String> rest = new ArrayList<>();
      lines.forEachRemaining(rest::add);
      return rest;
    }
  }

  private static Stream<String> lines(HttpClient client, String id) throws Exception {
    URI uri =
        URI.create(
            RestAssured.baseURI + ":" + RestAssured.port + "/api/v1/backups/" + id + "/events");
    HttpResponse<Stream<String>> response =
        client.send(
            HttpRequest.newBuilder(uri)
                .header("Authorization", "Bearer " + Sidecar.VIEWER_TOKEN)
                .header("Accept", "text/event-stream")
                .build(),
            HttpResponse.BodyHandlers.ofLines());
    assertEquals(200, response.statusCode());
    assertTrue(
        response.headers().firstValue("Content-Type").orElse("").startsWith("text/event-stream"));
    return response.body();
  }
}
