package io.parsecbackup.repository;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.parsecbackup.Cancellation;
import io.parsecbackup.repository.index.Segment;
import io.parsecbackup.repository.storage.Content;
import io.parsecbackup.repository.storage.DeletionRefusedException;
import io.parsecbackup.repository.storage.Documents;
import io.parsecbackup.repository.storage.Layout;
import io.parsecbackup.repository.storage.NewFile;
import io.parsecbackup.repository.storage.RunId;
import io.parsecbackup.repository.storage.SealedJson;
import io.parsecbackup.repository.storage.Storage;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jboss.logging.Logger;

/**
 * Removes published backups. The index segment of a removed backup stays, because other backups
 * need its objects: it gets a seal of its own before {@code SHA256SUMS}, which has its digest, is
 * removed. {@code backup.json} is removed first, so at no time a backup is published whose other
 * files are gone.
 */
public final class PrunedBackups {

  private static final Logger LOG = Logger.getLogger(PrunedBackups.class);

  private final Storage storage;
  private final Documents documents;
  private final PublishedBackups published;

  PrunedBackups(Storage storage, PublishedBackups published) {
    this.storage = storage;
    this.documents = new Documents(storage);
    this.published = published;
  }

  /**
   * Why a backup cannot be removed: its index segment must stay valid, so its digest has to be
   * known.
   */
  public Optional<String> refusal(RunId id) {
    return digest(id).isPresent()
        ? Optional.empty()
        : Optional.of("its SHA256SUMS is damaged, so the digest of its index segment is not known");
  }

  /**
   * Removes backups. If this is interrupted, {@link #clear} completes it. Needs the lock.
   *
   * @param ids of published backups that no {@link #refusal} protects
   * @return those of them whose deletion the storage refused; they are still published
   */
  public List<RunId> remove(List<RunId> ids, Cancellation cancellation) throws IOException {
    for (RunId id : ids) {
      cancellation.throwIfCancelled();
      seal(id);
    }
    List<RunId> removed = new ArrayList<>();
    List<RunId> refused = new ArrayList<>();
    for (RunId id : ids) {
      cancellation.throwIfCancelled();
      try {
        storage.delete(Layout.backupJson(id));
        removed.add(id);
      } catch (DeletionRefusedException e) {
        LOG.debugf("Cannot remove backup %s: %s", id, e);
        refused.add(id);
      }
    }
    if (!removed.isEmpty()) {
      storage.flush(cancellation);
    }
    return refused;
  }

  /**
   * Takes the marks of a removal that did not happen from backups that are kept now: the storage
   * refused it, or the prune was killed. Otherwise {@link #clear} would remove the other files of
   * such a backup if it ever lost its {@code backup.json}. Needs the lock.
   */
  public void keep(Set<RunId> kept) throws IOException {
    for (RunId id : documents.ids(Layout.INDEX, ".json")) {
      Optional<ObjectNode> seal = kept.contains(id) ? pruned(id) : Optional.empty();
      if (seal.isPresent()) {
        put(id, Segment.KEPT, seal.get().path("sha256").asText());
      }
    }
  }

  /**
   * Removes the other files of the backups that were removed. Needs the lock.
   *
   * @return how many backups still have files, because the storage refused to delete them
   */
  public long clear(Cancellation cancellation) throws IOException {
    long refused = 0;
    for (RunId id : documents.ids(Layout.BACKUPS, "")) {
      if (published.isPruned(id)) {
        cancellation.throwIfCancelled();
        try {
          storage.deleteTree(Layout.backup(id));
        } catch (DeletionRefusedException e) {
          LOG.debugf("Cannot remove the files of backup %s: %s", id, e);
          refused++;
        }
      }
    }
    return refused;
  }

  /** Whether {@link #clear} has something to remove. */
  public boolean hasLeftovers() throws IOException {
    return documents.ids(Layout.BACKUPS, "").stream().anyMatch(published::isPruned);
  }

  /** Does nothing if an earlier prune, which was not allowed to delete the backup, has done it. */
  private void seal(RunId id) throws IOException {
    String digest = digest(id).orElseThrow();
    if (pruned(id).filter(seal -> seal.path("sha256").asText().equals(digest)).isEmpty()) {
      put(id, Segment.PRUNED, digest);
    }
  }

  private Optional<ObjectNode> pruned(RunId id) {
    return documents
        .sealed(Layout.segmentSeal(id))
        .filter(seal -> seal.path("kind").asText().equals(Segment.PRUNED));
  }

  private void put(RunId id, String kind, String digest) throws IOException {
    ObjectNode seal = JsonNodeFactory.instance.objectNode();
    seal.put("id", id.text());
    seal.put("kind", kind);
    seal.put("sha256", digest);
    storage.put(NewFile.replacing(Layout.segmentSeal(id), Content.of(SealedJson.seal(seal))));
  }

  private Optional<String> digest(RunId id) {
    return published.segmentDigest(id);
  }
}
