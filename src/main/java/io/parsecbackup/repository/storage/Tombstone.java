package io.parsecbackup.repository.storage;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import org.jboss.logging.Logger;

/**
 * A document in the place of one that a run must not publish any more: the run writes its own only
 * if nothing is there. {@link Documents#isRevocation} recognizes it.
 */
public final class Tombstone {

  private static final Logger LOG = Logger.getLogger(Tombstone.class);

  private Tombstone() {}

  /**
   * Revokes a backup that is not published: a request for its {@code backup.json} that the server
   * carries out later changes nothing. What exists stays, so the caller reads which document is
   * there now. For a storage that is remote.
   *
   * @param error why the run publishes nothing, for people
   */
  public static void put(Storage storage, RunId run, String error) throws IOException {
    byte[] tombstone = of(run, error);
    // First a mark that a listing shows, so that readers need not open each document.
    putIfAbsent(storage, Layout.revoked(run), tombstone);
    putIfAbsent(storage, Layout.backupJson(run), tombstone);
  }

  private static void putIfAbsent(Storage storage, String name, byte[] bytes) throws IOException {
    try {
      storage.put(NewFile.ifAbsent(name, Content.of(bytes)));
    } catch (ConditionFailedException e) {
      LOG.debugf("%s exists", storage.locate(name));
    }
  }

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
