package io.parsecbackup.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parsecbackup.api.problem.BadRequest;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonBodyTest {

  private static final RestoreBody NONE =
      new RestoreBody(Optional.empty(), Optional.empty(), Optional.empty(), false, false, false);

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"databse\": \"env:X\"}|databse",
        "{\"database\": 5}|database",
        "{\"database\": true}|database",
        "{\"database\": [\"env:X\"]}|database",
        "{\"database\": {\"name\": \"x\"}}|database",
        "{\"replace\": \"true\"}|replace",
        "{\"replace\": 1}|replace",
        "{\"replace\": true, \"replace\": false}|replace",
        "{\"Replace\": true}|Replace",
        "[]|JSON object",
        "\"x\"|JSON object",
        "{}{}|JSON",
        "{\"database\"|JSON",
        "nonsense|JSON",
      })
  void namesTheInvalidField(String text, String named) {
    BadRequest refusal =
        assertThrows(BadRequest.class, () -> JsonBody.read(text, RestoreBody.class));
    String message = String.valueOf(refusal.getMessage());
    assertTrue(message.contains(named), message);
    assertFalse(message.contains("io.parsecbackup"), message);
  }

  @Test
  void readsAValidBody() {
    assertEquals(NONE, JsonBody.read("", RestoreBody.class));
    assertEquals(NONE, JsonBody.read(" ", RestoreBody.class));
    assertEquals(NONE, JsonBody.read("null", RestoreBody.class));
    assertEquals(NONE, JsonBody.read("{}", RestoreBody.class));
    RestoreBody body =
        JsonBody.read("{\"database\":\"env:X\",\"replace\":true}", RestoreBody.class);
    assertEquals(Optional.of("env:X"), body.database());
    assertTrue(body.replace());
  }

  @ParameterizedTest
  @ValueSource(strings = {"{\"strategy\": \"listing\"}", "[]", "1", "\"\\u0000\"", "{"})
  void refusesABodyIfTheCallAcceptsNone(String text) {
    assertThrows(BadRequest.class, () -> JsonBody.requireNone(text));
    JsonBody.requireNone("");
    JsonBody.requireNone("null");
    JsonBody.requireNone("{}");
  }
}
