package io.parsecbackup.copy;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.parsecbackup.repository.Repository;
import io.parsecbackup.repository.index.Segment;
import io.parsecbackup.repository.storage.Documents;
import io.parsecbackup.repository.storage.Layout;
import io.parsecbackup.repository.storage.RunId;
import io.parsecbackup.repository.storage.SealedJson;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
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

  /** What a place has under the id of a backup that it does not have. */
  enum Use {
    /** The segment of that backup. */
    WAITS,
    /** Another segment, or nobody knows which, because its seal is damaged. */
    TAKEN,
    /** Something else: the backup is not to be copied. */
    OTHER
  }

  /**
   * What a sealed segment of a place is for a backup with its id.
   *
   * @throws IOException when the seal cannot be read now
   */
  Use use(RunId id) throws IOException {
    Optional<ObjectNode> seal;
    try {
      seal = SealedJson.open(documents.read(Layout.segmentSeal(id)));
    } catch (NoSuchFileException e) {
      return Use.TAKEN;
    }
    return switch (seal.map(json -> json.path("kind").asText()).orElse(Segment.RETURNED)) {
      case Segment.RETURNED -> Use.TAKEN;
      case WAITS -> Use.WAITS;
      default -> Use.OTHER;
    };
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
