package io.parsecbackup.api;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import io.parsecbackup.backup.BackupJson;

/** A call's body, which may be left out. */
final class Body {

  private Body() {}

  /**
   * The JSON in {@code text}, whatever its media type is said to be; {@code none} where there is
   * nothing.
   *
   * @throws BadRequest when it is none, or has a field that is not known: a mistyped target must
   *     not be taken for one that was left out
   */
  static <T> T read(String text, Class<T> type, T none) {
    if (text.isBlank()) {
      return none;
    }
    try {
      T body =
          BackupJson.MAPPER
              .readerFor(type)
              .with(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
              .with(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
              .readValue(text);
      return body == null ? none : body;
    } catch (JsonProcessingException e) {
      throw new BadRequest(
          "the body is not the JSON object that this call takes: "
              + e.getOriginalMessage().replaceAll(" \\(class [^)]*\\)", ""));
    }
  }
}
