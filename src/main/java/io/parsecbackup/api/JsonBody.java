package io.parsecbackup.api;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.cfg.CoercionAction;
import com.fasterxml.jackson.databind.cfg.CoercionInputShape;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.type.LogicalType;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import io.parsecbackup.api.problem.BadRequest;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Reads the optional JSON body of a call. */
final class JsonBody {

  /**
   * Converts no values: {@code null} or a number must not pass as a target, nor a string as {@code
   * true}.
   */
  private static final ObjectMapper STRICT = strict();

  private static final String NO_FIELDS = "{}";

  private JsonBody() {}

  private static ObjectMapper strict() {
    JsonMapper mapper =
        JsonMapper.builder()
            .addModule(new Jdk8Module())
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
            .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
            .build();
    for (CoercionInputShape shape :
        List.of(CoercionInputShape.Integer, CoercionInputShape.Float, CoercionInputShape.Boolean)) {
      mapper.coercionConfigFor(LogicalType.Textual).setCoercion(shape, CoercionAction.Fail);
    }
    return mapper;
  }

  /**
   * Reads the JSON in {@code text}, whatever its media type. Blank text and {@code null} count as
   * an object without fields.
   *
   * @throws BadRequest if it is not a JSON object, has an unknown field, or a value of the wrong
   *     type; the message names the field
   */
  static <T> T read(String text, Class<T> type) {
    try {
      ObjectReader reader = STRICT.readerFor(type);
      @Nullable T body = reader.readValue(text.isBlank() ? NO_FIELDS : text);
      return body == null ? reader.readValue(NO_FIELDS) : body;
    } catch (UnrecognizedPropertyException e) {
      throw new BadRequest(
          "the body has the field '"
              + e.getPropertyName()
              + "', which this call does not take. It takes: "
              + e.getKnownPropertyIds().stream()
                  .map(String::valueOf)
                  .sorted()
                  .collect(Collectors.joining(", ")));
    } catch (JsonMappingException e) {
      String field =
          e.getPath().stream()
              .map(JsonMappingException.Reference::getFieldName)
              .filter(name -> name != null)
              .collect(Collectors.joining("."));
      throw field.isEmpty()
          ? new BadRequest("the body is not the JSON object that this call takes")
          : new BadRequest(
              "the field '" + field + "' of the body has a value of the wrong JSON type");
    } catch (JsonProcessingException e) {
      throw new BadRequest("the body is not valid JSON: " + e.getOriginalMessage());
    }
  }

  /**
   * Checks the body of a call that takes none.
   *
   * @throws BadRequest if {@code text} has a field
   */
  static void requireNone(String text) {
    if (!(read(text, Object.class) instanceof Map<?, ?> fields && fields.isEmpty())) {
      throw new BadRequest("this call takes no body. Remove it");
    }
  }
}
