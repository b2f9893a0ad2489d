package io.parsecbackup.repository;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The backups that were published: those with a {@code backup.json}, which is always written last.
 * Reading them needs no lock.
 */
public final class PublishedBackups {

  private final Layout layout;

  PublishedBackups(Layout layout) {
    this.layout = layout;
  }

  /** All ids with a {@code backup.json}, oldest first, whole or not. */
  public List<RunId> ids() throws IOException {
    return Folders.ids(layout.backups(), "").stream().filter(this::isPublished).toList();
  }

  /** Also where that cannot be told: then reading it says why, and nothing is cleared away. */
  public boolean isPublished(RunId id) {
    return !Files.notExists(layout.backupJson(id));
  }

  /** The backup's document, or empty when there is none, or its seal says that it is damaged. */
  public Optional<ObjectNode> document(RunId id) throws IOException {
    if (!isPublished(id)) {
      return Optional.empty();
    }
    return SealedJson.open(Files.readAllBytes(layout.backupJson(id)))
        .filter(document -> document.path("id").asText().equals(id.text()));
  }

  /** The backup's checksums, or empty when it or they are damaged. */
  Optional<Checksums> checksums(RunId id) throws IOException {
    Optional<ObjectNode> document = document(id);
    Path file = layout.checksums(id);
    if (document.isEmpty() || !Files.exists(file)) {
      return Optional.empty();
    }
    byte[] bytes = Files.readAllBytes(file);
    return Sha256.of(bytes).equals(document.get().path("sha256sums").asText())
        ? Optional.of(Checksums.parse(bytes))
        : Optional.empty();
  }
}
