package io.parsecbackup.repository.index;

import io.parsecbackup.repository.storage.Damage;
import io.parsecbackup.repository.storage.Documents;
import io.parsecbackup.repository.storage.Layout;
import io.parsecbackup.repository.storage.RunId;
import io.parsecbackup.repository.storage.Storage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jboss.logging.Logger;

/**
 * The records of objects that prunes have removed. They replace the older records of the same keys:
 * the index must not name an object whose file is gone. Their seals are written before any file is
 * removed.
 */
public final class Removals {

  private static final Logger LOG = Logger.getLogger(Removals.class);

  private final Storage storage;
  private final Documents documents;

  public Removals(Storage storage) {
    this.storage = storage;
    this.documents = new Documents(storage);
  }

  /** The ids of the prunes that have removed objects and that pass, oldest first. */
  public List<RunId> ids(Predicate<RunId> ids) throws IOException {
    return documents.ids(Layout.INDEX, Layout.REMOVED + ".json").stream().filter(ids).toList();
  }

  /** Local copies of the valid ones of these, oldest first. Logs those it skips. */
  public SortedMap<RunId, Path> valid(Predicate<RunId> ids) throws IOException {
    return read(ids).valid();
  }

  /**
   * Lists, each of them read once: if it is read again, a server may give another answer.
   *
   * @param valid local copies of the valid ones, oldest first
   * @param newestDamaged if it exists, older records cannot be trusted
   */
  public record Lists(SortedMap<RunId, Path> valid, Optional<RunId> newestDamaged) {}

  /** Reads those that pass. Logs those it skips. */
  public Lists read(Predicate<RunId> ids) throws IOException {
    SortedMap<RunId, Path> valid = new TreeMap<>();
    Optional<RunId> damaged = Optional.empty();
    for (RunId id : ids(ids)) {
      switch (read(id)) {
        case IndexFile.Valid(Path file) -> valid.put(id, file);
        case IndexFile.Damaged(Damage damage) -> {
          damaged = Optional.of(id);
          LOG.warnf(
              "Skipped the list of removed objects %s: it is damaged (%s). Restore it and its"
                  + " seal from a copy of the repository",
              storage.locate(Layout.removal(id)), damage.found());
        }
      }
    }
    return new Lists(valid, damaged);
  }

  /**
   * As {@link #read}.
   *
   * @throws IOException also when one of them is damaged
   */
  Lists readAll(Predicate<RunId> ids) throws IOException {
    Lists lists = read(ids);
    if (lists.newestDamaged().isPresent()) {
      throw new IOException(
          storage.locate(Layout.removal(lists.newestDamaged().get())) + " cannot be read");
    }
    return lists;
  }

  /** The newest damaged one of those that pass: older records cannot be trusted. */
  Optional<RunId> newestDamaged(Predicate<RunId> ids) throws IOException {
    for (RunId id : ids(ids).reversed()) {
      if (damageOf(id).isPresent()) {
        return Optional.of(id);
      }
    }
    return Optional.empty();
  }

  /** The damage of a list of removed objects; empty if it is valid. */
  public Optional<Damage> damageOf(RunId id) {
    return read(id).problem();
  }

  private IndexFile read(RunId id) {
    String name = Layout.removal(id);
    Optional<String> digest =
        documents
            .sealed(Layout.removalSeal(id))
            .filter(seal -> seal.path("id").asText().equals(id.text()))
            .map(seal -> seal.path("sha256").asText());
    return digest.isPresent()
        ? IndexFile.read(storage, name, digest.get())
        : IndexFile.damaged(name, Damage.Kind.UNREADABLE, "a digest in its seal", "no valid seal");
  }
}
