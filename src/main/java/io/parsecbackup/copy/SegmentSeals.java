package io.parsecbackup.copy;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.parsecbackup.repository.Repository;
import io.parsecbackup.repository.storage.Documents;
import io.parsecbackup.repository.storage.Layout;
import io.parsecbackup.repository.storage.RunId;
import java.io.IOException;
import java.util.Optional;

/** The seals of index segments that belong to no backup. */
record SegmentSeals(Documents documents) {

  /** The kind of a segment that waits for its backup, which is damaged where it is copied from. */
  static final String WAITS = "copy";

  static SegmentSeals of(Repository repository) {
    return new SegmentSeals(new Documents(repository.storage()));
  }

  boolean exists(RunId id) throws IOException {
    return documents.exists(Layout.segmentSeal(id));
  }

  /** A valid seal. */
  Optional<ObjectNode> find(RunId id) {
    return documents.sealed(Layout.segmentSeal(id));
  }

  /** The digest of a sealed segment; empty if the seal is damaged. */
  Optional<String> digest(RunId id) {
    return find(id).map(seal -> seal.path("sha256").asText());
  }

  boolean isKind(RunId id, String kind) {
    return find(id).filter(seal -> seal.path("kind").asText().equals(kind)).isPresent();
  }

  /** The seal of a segment that waits for its backup. */
  static ObjectNode waiting(RunId id, String sha256) {
    ObjectNode seal = JsonNodeFactory.instance.objectNode();
    seal.put("id", id.text());
    seal.put("kind", WAITS);
    seal.put("sha256", sha256);
    return seal;
  }
}
