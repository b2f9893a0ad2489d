package io.parsecbackup.objectstore.lease;

import io.parsecbackup.objectstore.bucket.BucketPlace;
import io.parsecbackup.objectstore.bucket.Failures;
import io.parsecbackup.objectstore.bucket.ObjectReader;
import io.parsecbackup.objectstore.bucket.ObjectReader.Part;
import io.parsecbackup.objectstore.bucket.ObjectWriter;
import io.parsecbackup.objectstore.bucket.ResumingStream;
import io.parsecbackup.objectstore.content.TransferException;
import io.parsecbackup.objectstore.content.TransferException.Kind;
import io.parsecbackup.repository.storage.Content;
import io.parsecbackup.repository.storage.Documents;
import io.parsecbackup.repository.storage.Layout;
import io.parsecbackup.repository.storage.NewFile;
import io.parsecbackup.repository.storage.RunId;
import io.parsecbackup.repository.storage.SealedJson;
import io.parsecbackup.repository.storage.Tombstone;
import java.io.IOException;
import java.io.InputStream;
import org.jboss.logging.Logger;

/**
 * Prevents that a run whose lease has run out publishes anything, should it continue: the last
 * documents that it would write exist already, and it writes them only if they do not.
 */
final class Fence {

  private static final Logger LOG = Logger.getLogger(Fence.class);

  private static final String TAKEN_OVER =
      "The run stopped without releasing the lock, and another run has taken it over.";

  private final ObjectWriter writer;
  private final ObjectReader reader;
  private final BucketPlace place;

  Fence(ObjectWriter writer, ObjectReader reader, BucketPlace place) {
    this.writer = writer;
    this.reader = reader;
    this.place = place;
  }

  /** Revokes a run. A backup, or a segment without one, that was published before stays. */
  void revoke(RunId run) throws IOException {
    String document = Layout.backupJson(run);
    if (isPublished(document) || isPublished(Layout.segmentSeal(run))) {
      return;
    }
    byte[] tombstone = Tombstone.of(run, TAKEN_OVER);
    // First a mark that a listing shows, so that readers need not open each document.
    put(Layout.revoked(run), tombstone);
    if (!put(document, tombstone) && isPublished(document)) {
      return;
    }
    put(Layout.segmentSeal(run), tombstone);
    LOG.infof("Run %s stopped without releasing the lock; it cannot publish anything now", run);
  }

  /** Whether it was written; false if it exists. */
  private boolean put(String name, byte[] bytes) throws IOException {
    try {
      writer.put(place.key(name), Content.of(bytes), new NewFile.IfAbsent());
      return true;
    } catch (TransferException e) {
      if (e.kind() == Kind.PRESENT) {
        return false;
      }
      throw Failures.of(place.locate(name), "written", e);
    }
  }

  /** Whether a document exists that is not a tombstone. */
  private boolean isPublished(String name) throws IOException {
    try (InputStream in =
        new ResumingStream(
            reader, place.locate(name), new Part(place.key(name), "", 0, Long.MAX_VALUE))) {
      return SealedJson.open(in.readAllBytes()).filter(Documents::isRevocation).isEmpty();
    } catch (java.nio.file.NoSuchFileException e) {
      return false;
    }
  }
}
