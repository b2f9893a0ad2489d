package io.parsecbackup.repository.index;

import io.parsecbackup.repository.storage.Damage;
import io.parsecbackup.repository.storage.Documents;
import io.parsecbackup.repository.storage.Layout;
import io.parsecbackup.repository.storage.RunId;
import io.parsecbackup.repository.storage.Storage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import org.jboss.logging.Logger;

/**
 * The compactions of the index. Each one holds the merged records of all segments up to its id and
 * is read instead of them.
 */
public final class Compactions {

  private static final Logger LOG = Logger.getLogger(Compactions.class);

  private final Storage storage;
  private final Documents documents;

  /** The compactions whose digests were checked. This object lives as long as a run. */
  private final Map<RunId, Path> valid = new ConcurrentHashMap<>();

  public Compactions(Storage storage) {
    this.storage = storage;
    this.documents = new Documents(storage);
  }

  /**
   * A compaction.
   *
   * @param file a local copy of it, whose digest was checked
   */
  record Compaction(RunId id, Path file) {}

  /** The newest valid compaction among those whose id passes. */
  Optional<Compaction> newest(Predicate<RunId> ids) throws IOException {
    for (RunId id : documents.ids(Layout.INDEX, Layout.MERGED + ".tsv").reversed()) {
      if (ids.test(id)) {
        if (!valid.containsKey(id)) {
          read(id).ifPresent(file -> valid.put(id, file));
        }
        if (valid.containsKey(id)) {
          return Optional.of(new Compaction(id, valid.get(id)));
        }
      }
    }
    return Optional.empty();
  }

  private Optional<Path> read(RunId id) {
    String name = Layout.compaction(id);
    Optional<String> digest =
        documents
            .sealed(Layout.compactionSeal(id))
            .filter(document -> document.path("id").asText().equals(id.text()))
            .map(document -> document.path("sha256").asText());
    IndexFile read =
        digest.isPresent()
            ? IndexFile.read(storage, name, digest.get())
            : IndexFile.damaged(name, Damage.Kind.UNREADABLE, "a seal", "no valid seal");
    return switch (read) {
      case IndexFile.Valid(Path file) -> Optional.of(file);
      case IndexFile.Damaged(Damage damage) -> {
        LOG.warnf(
            "Skipped %s: it is damaged or incomplete (%s). The segments that it was made from are"
                + " read instead",
            storage.locate(name), damage.found());
        yield Optional.empty();
      }
    };
  }
}
