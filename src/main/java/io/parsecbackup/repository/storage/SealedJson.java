package io.parsecbackup.repository.storage;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A JSON document that ends in {@code "seal"}: the SHA-256 of its own bytes with the seal's 64
 * digits as zeros. It detects any changed bit, also in the seal.
 */
public final class SealedJson {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String BLANK = "0".repeat(64);
  private static final Pattern SEAL =
      Pattern.compile("\"seal\"\\s*:\\s*\"([0-9a-f]{64})\"\\s*}\\s*$");

  private SealedJson() {}

  /** The bytes of {@code document} with its seal as the last field. */
  public static byte[] seal(ObjectNode document) {
    ObjectNode copy = document.deepCopy();
    copy.remove("seal");
    copy.put("seal", BLANK);
    try {
      String blank = JSON.writerWithDefaultPrettyPrinter().writeValueAsString(copy) + "\n";
      return withSeal(blank, Sha256.of(blank.getBytes(StandardCharsets.UTF_8)))
          .getBytes(StandardCharsets.UTF_8);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("cannot write a document as JSON", e);
    }
  }

  /** The document in {@code bytes}; empty if it has no seal, another seal, or is not JSON. */
  public static Optional<ObjectNode> open(byte[] bytes) {
    String text = new String(bytes, StandardCharsets.UTF_8);
    Matcher seal = SEAL.matcher(text);
    if (!seal.find()) {
      return Optional.empty();
    }
    String blank = withSeal(text, BLANK);
    if (!Sha256.of(blank.getBytes(StandardCharsets.UTF_8)).equals(seal.group(1))) {
      return Optional.empty();
    }
    try {
      JsonNode document = JSON.readTree(text);
      return document instanceof ObjectNode object ? Optional.of(object) : Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private static String withSeal(String text, String digits) {
    Matcher seal = SEAL.matcher(text);
    if (!seal.find()) {
      throw new IllegalStateException("a document has no seal");
    }
    return text.substring(0, seal.start(1)) + digits + text.substring(seal.end(1));
  }
}
