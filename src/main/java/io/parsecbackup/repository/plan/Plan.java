package io.parsecbackup.repository.plan;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.parsecbackup.repository.storage.RunId;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Optional;

/**
 * A planned run.
 *
 * @param parts how many there are, numbered from 0
 * @param expires when the next backup may end the run, if it is not published before
 * @param document everything that the later steps need
 */
public record Plan(RunId id, int parts, Instant expires, ObjectNode document) {

  /** The name of the records of the objects that the run or a part of it has stored. */
  public static final String STORED = "stored.tsv";

  private static final String PARTS = "parts";
  private static final String EXPIRES = "expires";

  /** Completes the document. */
  public Plan {
    document.put(PARTS, parts);
    document.put(EXPIRES, expires.toString());
  }

  static Optional<Plan> of(RunId id, ObjectNode document) {
    try {
      return Optional.of(
          new Plan(
              id,
              document.path(PARTS).asInt(),
              Instant.parse(document.path(EXPIRES).asText()),
              document));
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }
}
