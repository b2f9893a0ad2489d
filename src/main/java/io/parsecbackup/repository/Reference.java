package io.parsecbackup.repository;

import java.util.Optional;
import java.util.OptionalLong;

/**
 * An object that a dump refers to.
 *
 * @param size in bytes, by the rows that name it; empty where they name different ones, so that no
 *     object can be right for all of them
 */
public record Reference(String key, OptionalLong size) {

  /** Whether {@code entry}, which is of this key, is what the dump refers to. */
  public boolean isCoveredBy(IndexRecord entry) {
    return entry.covered() && hasSize(entry.size());
  }

  /** Whether an object of so many bytes may be the one. */
  public boolean hasSize(long bytes) {
    return size.isPresent() && size.getAsLong() == bytes;
  }

  /** What is wrong with what the index has in its place, by their sizes. */
  public Optional<Damage> damage(Optional<IndexRecord> entry) {
    if (entry.isEmpty()) {
      return Optional.of(
          new Damage(key, Damage.Kind.LOST, sizeInWords(), "not in the repository's index"));
    }
    return hasSize(entry.get().size())
        ? Optional.empty()
        : Optional.of(
            new Damage(key, Damage.Kind.SIZE, sizeInWords(), entry.get().size() + " bytes"));
  }

  private String sizeInWords() {
    return size.isPresent() ? size.getAsLong() + " bytes" : "several sizes";
  }
}
