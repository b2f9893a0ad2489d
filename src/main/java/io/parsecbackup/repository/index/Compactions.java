package io.parsecbackup.repository.index;

import io.parsecbackup.repository.storage.Layout;
import io.parsecbackup.repository.storage.RunId;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import org.jboss.logging.Logger;

/**
 * The compactions of the index. Each one holds the merged records of all segments up to its id and
 * is read instead of them.
 */
public final class Compactions {

  private static final Logger LOG = Logger.getLogger(Compactions.class);

  private final Layout layout;

  /** The compactions whose digests were checked. This object lives as long as a run. */
  private final Set<RunId> valid = ConcurrentHashMap.newKeySet();

  public Compactions(Layout layout) {
    this.layout = layout;
  }

  /** The newest valid compaction among those whose id passes. */
  Optional<RunId> newest(Predicate<RunId> ids) throws IOException {
    for (RunId id : layout.files().ids(layout.index(), Layout.MERGED + ".tsv").reversed()) {
      if (ids.test(id) && (valid.contains(id) || isValid(id))) {
        valid.add(id);
        return Optional.of(id);
      }
    }
    return Optional.empty();
  }

  private boolean isValid(RunId id) {
    Path file = layout.compaction(id);
    try {
      Optional<String> named =
          layout
              .files()
              .sealed(layout.compactionSeal(id))
              .filter(document -> document.path("id").asText().equals(id.text()))
              .map(document -> document.path("sha256").asText());
      if (named.equals(Optional.of(layout.files().sha256(file)))) {
        return true;
      }
      LOG.warnf(
          "Skipped %s: its digest does not match its seal, so it is damaged or incomplete. The"
              + " segments that it was made from are read instead",
          file);
    } catch (IOException e) {
      LOG.warnf("Skipped %s: it cannot be read. Its segments are read instead: %s", file, e);
    }
    return false;
  }
}
