package io.parsecbackup.job;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;

/**
 * The program's documents as JSON, in the same form for files, REST and the command line. Times are
 * ISO 8601, empty values are absent, and unknown fields, which newer versions write, are ignored.
 *
 * <p>The mapper is static, not a bean: records are read and written by plain objects that CDI does
 * not create. It has no state of a machine, so it can be initialized when a native program is
 * built.
 */
public final class Json {

  private static final ObjectMapper MAPPER =
      JsonMapper.builder()
          .addModule(new Jdk8Module())
          .addModule(new JavaTimeModule())
          .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .build();

  private Json() {}

  /** The document as a JSON object. */
  public static ObjectNode of(Object document) {
    return MAPPER.valueToTree(document);
  }

  /**
   * The document that {@code json} holds.
   *
   * @throws JsonProcessingException when it is not such a document
   */
  public static <T> T read(JsonNode json, Class<T> type) throws JsonProcessingException {
    return MAPPER.treeToValue(json, type);
  }

  /** Writes any value as indented text. */
  public static ObjectWriter writer() {
    return MAPPER.writerWithDefaultPrettyPrinter();
  }
}
