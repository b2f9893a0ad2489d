package io.parsecbackup.repository;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.parsecbackup.repository.index.PublishedSegments;
import io.parsecbackup.repository.index.Segment;
import io.parsecbackup.repository.storage.Checksums;
import io.parsecbackup.repository.storage.Documents;
import io.parsecbackup.repository.storage.Layout;
import io.parsecbackup.repository.storage.RunId;
import io.parsecbackup.repository.storage.SealedJson;
import io.parsecbackup.repository.storage.Sha256;
import io.parsecbackup.repository.storage.Storage;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jboss.logging.Logger;

/**
 * The published backups: those with a {@code backup.json}, which is always written last. Reading
 * them needs no lock.
 */
public final class PublishedBackups implements PublishedSegments {

  private static final Logger LOG = Logger.getLogger(PublishedBackups.class);

  private final Storage storage;
  private final Documents documents;
  private final Set<RunId> knownRevoked = ConcurrentHashMap.newKeySet();

  PublishedBackups(Storage storage) {
    this.storage = storage;
    this.documents = new Documents(storage);
  }

  /** All ids with a {@code backup.json}, oldest first, valid or damaged. */
  @Override
  public List<RunId> ids() throws IOException {
    List<RunId> ids = RunId.all(storage.foldersWith(Layout.BACKUPS, Layout.DOCUMENT), "");
    Set<RunId> revoked = revoked();
    return ids.stream().filter(id -> !revoked.contains(id)).toList();
  }

  @Override
  public Set<RunId> revoked() throws IOException {
    Set<RunId> revoked = new HashSet<>();
    for (RunId id : RunId.all(storage.foldersWith(Layout.BACKUPS, Layout.REVOKED), "")) {
      if (isRevoked(id)) {
        revoked.add(id);
      }
    }
    return revoked;
  }

  /** Whether the run with this id lost its lock and can publish nothing. It is never published. */
  boolean isRevoked(RunId id) {
    if (knownRevoked.contains(id)) {
      return true;
    }
    boolean isRevoked =
        documents.sealed(Layout.backupJson(id)).filter(Documents::isRevocation).isPresent();
    if (isRevoked) {
      knownRevoked.add(id);
    }
    return isRevoked;
  }

  /** What is known about the publication of a run. */
  enum State {
    PUBLISHED,
    NOT_PUBLISHED,
    /** The document cannot be read. */
    UNKNOWN
  }

  State state(RunId id) {
    try {
      boolean isRevoked =
          SealedJson.open(documents.read(Layout.backupJson(id)))
              .filter(Documents::isRevocation)
              .isPresent();
      if (isRevoked) {
        knownRevoked.add(id);
      }
      return isRevoked ? State.NOT_PUBLISHED : State.PUBLISHED;
    } catch (NoSuchFileException e) {
      return State.NOT_PUBLISHED;
    } catch (IOException e) {
      LOG.debugf("It is not known whether backup %s is published: %s", id, e);
      return State.UNKNOWN;
    }
  }

  /**
   * True also if that cannot be determined: reading the backup then reports why, and nothing is
   * deleted.
   */
  public boolean isPublished(RunId id) {
    return state(id) != State.NOT_PUBLISHED;
  }

  /** Whether a prune has removed the backup with this id; its segment is still in the index. */
  public boolean isPruned(RunId id) {
    return !isPublished(id)
        && documents
            .sealed(Layout.segmentSeal(id))
            .filter(seal -> seal.path("kind").asText().equals(Segment.PRUNED))
            .isPresent();
  }

  /**
   * The backup's document; empty if it does not exist, cannot be read or does not match its seal.
   */
  public Optional<ObjectNode> document(RunId id) {
    return documents
        .sealed(Layout.backupJson(id))
        .filter(document -> document.path("id").asText().equals(id.text()))
        .filter(document -> !Documents.isRevocation(document));
  }

  @Override
  public Optional<String> segmentDigest(RunId id) {
    return checksums(id).flatMap(checksums -> checksums.of(Layout.segment(id)));
  }

  /** The backup's checksums; empty if they or the backup's document are damaged. */
  Optional<Checksums> checksums(RunId id) {
    Optional<ObjectNode> document = document(id);
    if (document.isEmpty()) {
      return Optional.empty();
    }
    try {
      byte[] bytes = documents.read(Layout.checksums(id));
      return Sha256.of(bytes).equals(document.get().path("sha256sums").asText())
          ? Optional.of(Checksums.parse(bytes))
          : Optional.empty();
    } catch (IOException e) {
      LOG.debugf("Cannot read the checksums of backup %s: %s", id, e);
      return Optional.empty();
    }
  }
}
