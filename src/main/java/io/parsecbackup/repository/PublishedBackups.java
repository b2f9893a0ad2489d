package io.parsecbackup.repository;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.parsecbackup.repository.index.PublishedSegments;
import io.parsecbackup.repository.storage.Checksums;
import io.parsecbackup.repository.storage.Layout;
import io.parsecbackup.repository.storage.RunId;
import io.parsecbackup.repository.storage.Sha256;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jboss.logging.Logger;

/**
 * The published backups: those with a {@code backup.json}, which is always written last. Reading
 * them needs no lock.
 */
public final class PublishedBackups implements PublishedSegments {

  private static final Logger LOG = Logger.getLogger(PublishedBackups.class);

  private final Layout layout;

  PublishedBackups(Layout layout) {
    this.layout = layout;
  }

  /** All ids with a {@code backup.json}, oldest first, valid or damaged. */
  @Override
  public List<RunId> ids() throws IOException {
    return layout.files().ids(layout.backups(), "").stream().filter(this::isPublished).toList();
  }

  /**
   * True also if that cannot be determined: reading the backup then reports why, and nothing is
   * deleted.
   */
  public boolean isPublished(RunId id) {
    try {
      return layout.files().exists(layout.backupJson(id));
    } catch (IOException e) {
      return true;
    }
  }

  /**
   * The backup's document; empty if it does not exist, cannot be read or does not match its seal.
   */
  public Optional<ObjectNode> document(RunId id) {
    return layout
        .files()
        .sealed(layout.backupJson(id))
        .filter(document -> document.path("id").asText().equals(id.text()));
  }

  @Override
  public Optional<String> segmentDigest(RunId id) {
    return checksums(id).flatMap(checksums -> checksums.of(layout.relative(layout.segment(id))));
  }

  /** The backup's checksums; empty if they or the backup's document are damaged. */
  Optional<Checksums> checksums(RunId id) {
    Optional<ObjectNode> document = document(id);
    Path file = layout.checksums(id);
    if (document.isEmpty()) {
      return Optional.empty();
    }
    try {
      byte[] bytes = layout.files().document(file);
      return Sha256.of(bytes).equals(document.get().path("sha256sums").asText())
          ? Optional.of(Checksums.parse(bytes))
          : Optional.empty();
    } catch (IOException e) {
      LOG.debugf("Cannot read the checksums of backup %s: %s", id, e);
      return Optional.empty();
    }
  }
}
