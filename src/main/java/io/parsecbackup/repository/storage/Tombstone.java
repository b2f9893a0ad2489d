package io.parsecbackup.repository.storage;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * A document in the place of one that a run must not publish any more: the run writes its own only
 * if nothing is there. {@link Documents#isRevocation} recognizes it.
 */
public final class Tombstone {

  private Tombstone() {}

  /**
   * The sealed bytes.
   *
   * @param error why the run publishes nothing, for people
   */
  public static byte[] of(RunId run, String error) {
    ObjectNode document = JsonNodeFactory.instance.objectNode();
    document.put("id", run.text());
    document.put("state", "failed");
    document.put("revoked", true);
    document.put("error", error);
    return SealedJson.seal(document);
  }
}
