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
 * @param sizes in bytes, as the rows say, at most {@value #MOST_SIZES} different ones. There are
 *     several if rows of several realms share a block id, and no object can match all of them
 */
public record Reference(String key, List<Long> sizes) {

  static final int MOST_SIZES = 8;

  public Reference {
    sizes = List.copyOf(sizes);
  }

  /** This reference with another row of that size. */
  Reference with(long size) {
    if (sizes.contains(size) || sizes.size() == MOST_SIZES) {
      return this;
    }
    List<Long> more = new ArrayList<>(sizes);
    more.add(size);
    Collections.sort(more);
    return new Reference(key, more);
  }

  /** Its size; empty if its rows have different ones. */
  public OptionalLong size() {
    return sizes.size() == 1 ? OptionalLong.of(sizes.getFirst()) : OptionalLong.empty();
  }

  /** The sizes, separated by commas. */
  public String sizeList() {
    return sizes.stream().map(String::valueOf).collect(Collectors.joining(","));
  }

  /** Whether {@code entry}, which has this key, is covered and has the right size. */
  public boolean isCoveredBy(IndexRecord entry) {
    return entry.covered() && hasSize(entry.size());
  }

  /** Whether an object of this size matches all rows. */
  public boolean hasSize(long bytes) {
    return sizes.size() == 1 && sizes.getFirst() == bytes;
  }

  /** The damage that the index record of this key shows by its size; empty if the size is right. */
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
