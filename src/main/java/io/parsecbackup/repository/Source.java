package io.parsecbackup.repository;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The source that a repository is bound to.
 *
 * @param systemIdentifier of the database cluster; empty if the role may not read it
 * @param database its name
 * @param buckets their names; empty if the blocks are in the database
 */
public record Source(Optional<String> systemIdentifier, String database, List<String> buckets) {

  /** Whether both can be the same source. A system identifier is compared only if both have it. */
  public boolean matches(Source other) {
    return database.equals(other.database)
        && buckets.equals(other.buckets)
        && (systemIdentifier.isEmpty()
            || other.systemIdentifier.isEmpty()
            || systemIdentifier.equals(other.systemIdentifier));
  }

  ObjectNode toJson() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    ObjectNode cluster = json.putObject("database");
    systemIdentifier.ifPresent(identifier -> cluster.put("systemIdentifier", identifier));
    cluster.put("name", database);
    buckets.forEach(json.putArray("buckets")::add);
    return json;
  }

  static Source fromJson(JsonNode json) {
    JsonNode identifier = json.path("database").path("systemIdentifier");
    List<String> buckets = new ArrayList<>();
    json.path("buckets").forEach(bucket -> buckets.add(bucket.asText()));
    return new Source(
        identifier.isTextual() ? Optional.of(identifier.asText()) : Optional.empty(),
        json.path("database").path("name").asText(),
        List.copyOf(buckets));
  }

  @Override
  public String toString() {
    return "database "
        + database
        + systemIdentifier.map(identifier -> " of cluster " + identifier).orElse("")
        + (buckets.isEmpty() ? ", no bucket" : ", bucket " + String.join(", ", buckets));
  }
}
