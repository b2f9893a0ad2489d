package io.parsecbackup.repository.index;

import io.parsecbackup.repository.storage.Damage;
import io.parsecbackup.repository.storage.Layout;
import io.parsecbackup.repository.storage.RunId;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.jboss.logging.Logger;

/**
 * The records of objects that prunes have removed. They replace the older records of the same keys:
 * the index must not name an object whose file is gone. Their seals are written before any file is
 * removed.
 */
public final class Removals {

  private static final Logger LOG = Logger.getLogger(Removals.class);

  private final Layout layout;

  public Removals(Layout layout) {
    this.layout = layout;
  }

  /** The ids of the prunes that have removed objects and that pass, oldest first. */
  public List<RunId> ids(Predicate<RunId> ids) throws IOException {
    return layout.files().ids(layout.index(), Layout.REMOVED + ".json").stream()
        .filter(ids)
        .toList();
  }

  /** The valid ones of these, oldest first. Logs those it skips. */
  List<RunId> valid(Predicate<RunId> ids) throws IOException {
    List<RunId> valid = new ArrayList<>();
    for (RunId id : ids(ids)) {
      Optional<Damage> damage = damageOf(id);
      if (damage.isEmpty()) {
        valid.add(id);
      } else {
        LOG.warnf(
            "Skipped the list of removed objects %s: it is damaged (%s). Restore it and its seal"
                + " from a copy of the repository",
            layout.removal(id), damage.get().found());
      }
    }
    return valid;
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
  Optional<Damage> damageOf(RunId id) throws IOException {
    Path file = layout.removal(id);
    String name = layout.relative(file);
    Optional<String> named =
        layout
            .files()
            .sealed(layout.removalSeal(id))
            .filter(seal -> seal.path("id").asText().equals(id.text()))
            .map(seal -> seal.path("sha256").asText());
    if (named.isEmpty()) {
      return Optional.of(
          new Damage(name, Damage.Kind.UNREADABLE, "a digest in its seal", "no valid seal"));
    }
    try {
      String found = layout.files().sha256(file);
      return found.equals(named.get())
          ? Optional.empty()
          : Optional.of(new Damage(name, Damage.Kind.DIGEST, named.get(), found));
    } catch (IOException e) {
      return Optional.of(new Damage(name, Damage.Kind.UNREADABLE, named.get(), String.valueOf(e)));
    }
  }
}
