package io.parsecbackup.copy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.parsecbackup.Counted;
import io.parsecbackup.Problem;
import io.parsecbackup.Problem.Kind;
import io.parsecbackup.repository.Identity;
import io.parsecbackup.repository.Repository;
import io.parsecbackup.repository.storage.RunId;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Whether a place is a copy of a repository, or can become one. Changes nothing. */
public record CopyIdentity(Repository repository, Repository target) {

  /**
   * Does nothing if the place is a copy of the repository, is empty, or there is no repository yet.
   *
   * @throws Problem of kind REPOSITORY when it is something else
   */
  public void check() throws IOException {
    Optional<Identity> identity = repository.identity();
    if (identity.isEmpty()) {
      target.identity();
      return;
    }
    requireSameSource(identity.get());
    requireSameBackups();
  }

  void requireSameSource(Identity identity) throws IOException {
    Optional<Identity> other = target.identity();
    if (other.isPresent() && !other.get().source().matches(identity.source())) {
      throw new Problem(
          Kind.REPOSITORY,
          target.location()
              + " is not a copy of this repository: it is bound to "
              + other.get().source()
              + ", and the repository to "
              + identity.source()
              + ". Use another place for the copy; nothing was changed there");
    }
  }

  /** Compares the newest backup that both have. */
  void requireSameBackups() throws IOException {
    List<RunId> copied = target.published().ids();
    // The segments of removed backups stay in the repository.
    Set<RunId> segments = CopyPlanner.published(repository);
    if (!copied.isEmpty() && copied.stream().noneMatch(segments::contains)) {
      throw new Problem(
          Kind.REPOSITORY,
          target.location()
              + " is not a copy of this repository: it has "
              + Counted.of(copied.size(), "backup", "backups")
              + " of another repository. Use another place for the copy; nothing was changed"
              + " there");
    }
    for (RunId id : repository.published().ids().reversed()) {
      if (!copied.contains(id)) {
        continue;
      }
      Optional<ObjectNode> original = repository.published().document(id);
      Optional<ObjectNode> copy = target.published().document(id);
      if (original.isEmpty() || copy.isEmpty()) {
        // One of them is damaged, which says nothing.
        continue;
      }
      if (!original.equals(copy)) {
        throw new Problem(
            Kind.REPOSITORY,
            target.location()
                + " is not a copy of this repository: its backup "
                + id
                + " is another one. Use another place for the copy; nothing was changed there");
      }
      return;
    }
  }
}
