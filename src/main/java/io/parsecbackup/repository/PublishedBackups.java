package io.parsecbackup.repository;

import com.fasterxml.jackson.databind.node.ObjectNode;
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
 * The backups that were published: those with a {@code backup.json}, which is always written last.
 * Reading them needs no lock.
 */
public final class PublishedBackups {

  private static final Logger LOG = Logger.getLogger(PublishedBackups.class);

  private final Layout layout;

  PublishedBackups(Layout layout) {
    this.layout = layout;
  }

  /** All ids with a {@code backup.json}, oldest first, whole or not. */
  public List<RunId> ids() throws IOException {
    return layout.files().ids(layout.backups(), "").stream().filter(this::isPublished).toList();
  }

  /** Also where that cannot be told: then reading it says why, and nothing is cleared away. */
  public boolean isPublished(RunId id) {
    try {
      return layout.files().exists(layout.backupJson(id));
    } catch (IOException e) {
      return true;
    }
  }

  /**
   * The backup's document, or empty when there is none, its seal says that it is damaged, or it
   * cannot be read.
   */
  public Optional<ObjectNode> document(RunId id) {
    return layout
        .files()
        .sealed(layout.backupJson(id))
        .filter(document -> document.path("id").asText().equals(id.text()));
  }

  /** The backup's checksums, or empty when it or they are damaged. */
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
      LOG.debugf("the checksums of backup %s cannot be read: %s", id, e);
      return Optional.empty();
    }
  }
}
