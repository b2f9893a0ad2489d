package io.parsecbackup.testing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** The policies for keys in docs/operations.md, as the policy of one bucket. */
public final class BucketPolicies {

  private static final Pattern FENCED = Pattern.compile("(?ms)^```json\n(.*?)^```$");
  private static final ObjectMapper JSON = new ObjectMapper();

  /** The keys, in the order of the page. */
  public enum Key {
    WRITE_ONCE,
    PRUNING,
    READING
  }

  private BucketPolicies() {}

  /** Gives each user the documented rights of its key. The repository has no prefix. */
  public static String of(String bucket, Map<String, Key> users) throws IOException {
    List<String> documented =
        FENCED
            .matcher(Files.readString(Path.of("docs", "operations.md")))
            .results()
            .map(block -> block.group(1))
            .filter(block -> block.contains("\"Statement\""))
            .toList();
    if (documented.size() != Key.values().length) {
      throw new IllegalStateException("docs/operations.md has these policies: " + documented);
    }
    ObjectNode policy = JSON.createObjectNode().put("Version", "2012-10-17");
    ArrayNode statements = policy.putArray("Statement");
    for (Map.Entry<String, Key> user : users.entrySet()) {
      String text =
          documented
              .get(user.getValue().ordinal())
              .replace("BUCKET/PREFIX", bucket)
              .replace("BUCKET", bucket);
      for (JsonNode statement : JSON.readTree(text).path("Statement")) {
        ((ObjectNode) statement).putObject("Principal").putArray("AWS").add(user.getKey());
        statements.add(statement);
      }
    }
    return policy.toString();
  }
}
