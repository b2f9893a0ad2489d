package io.parsecbackup.repository;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.parsecbackup.repository.storage.SealedJson;

/**
 * The content of {@code parsec-backup.json}.
 *
 * @param format version of the repository's format
 * @param id of this repository, a UUID
 * @param source the source that it is bound to
 */
public record Identity(int format, String id, Source source) {

  /** The format version of a new repository. */
  static final int FORMAT = 1;

  /** The format version of a repository from which objects were removed. */
  static final int WITH_REMOVALS = 2;

  byte[] toBytes() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("format", format);
    json.put("id", id);
    json.set("source", source.toJson());
    return SealedJson.seal(json);
  }

  static Identity fromJson(ObjectNode json) {
    return new Identity(
        json.path("format").asInt(),
        json.path("id").asText(),
        Source.fromJson(json.path("source")));
  }
}
