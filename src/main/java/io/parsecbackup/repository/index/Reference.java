package io.parsecbackup.repository.index;

import io.parsecbackup.repository.storage.Damage;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Collectors;

/**
 * An object that a dump refers to.
 *
 * @param sizes in bytes, by the rows that name it, the first {@value #MOST_SIZES} different ones;
 *     more than one where rows of several realms share a block id, so that no object can be right
 *     for all of them
 */
public record Reference(String key, List<Long> sizes) {

  static final int MOST_SIZES = 8;

  public Reference {
    sizes = List.copyOf(sizes);
  }

  /** As it is with another row, of that size. */
  Reference with(long size) {
    if (sizes.contains(size) || sizes.size() == MOST_SIZES) {
      return this;
    }
    List<Long> more = new ArrayList<>(sizes);
    more.add(size);
    Collections.sort(more);
    return new Reference(key, more);
  }

  /** Its size; empty where its rows name different ones. */
  public OptionalLong size() {
    return sizes.size() == 1 ? OptionalLong.of(sizes.getFirst()) : OptionalLong.empty();
  }

  /** The sizes as text, with commas. */
  public String sizeList() {
    return sizes.stream().map(String::valueOf).collect(Collectors.joining(","));
  }

  /** Whether {@code entry}, which is of this key, is what the dump refers to. */
  public boolean isCoveredBy(IndexRecord entry) {
    return entry.covered() && hasSize(entry.size());
  }

  /** Whether an object of so many bytes may be the one. */
  public boolean hasSize(long bytes) {
    return sizes.size() == 1 && sizes.getFirst() == bytes;
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
    return sizes.size() == 1 ? sizes.getFirst() + " bytes" : "several sizes";
  }
}
