package io.parsecbackup.repository;

import io.parsecbackup.repository.index.IndexRecord;
import io.parsecbackup.repository.storage.Damage;
import io.parsecbackup.repository.storage.Sha256;
import io.parsecbackup.repository.storage.UnsafeFileException;
import java.io.IOException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Optional;

/** Checks objects against their index records. Thread-safe. */
public final class ObjectProof {

  private final ObjectFiles objects;

  ObjectProof(ObjectFiles objects) {
    this.objects = objects;
  }

  /** Reads a file and returns its digest. It may use the bytes for another purpose too. */
  @FunctionalInterface
  public interface Reader {
    String sha256(Path file) throws IOException;
  }

  /** Reads the object's bytes. Empty if they match the index. */
  public Optional<Damage> read(IndexRecord entry) {
    return read(entry, Sha256::of);
  }

  /**
   * As {@link #read(IndexRecord)}. If the result is empty, the last file that {@code reader} has
   * read is the valid one.
   */
  public Optional<Damage> read(IndexRecord entry, Reader reader) {
    return inAllPlaces(entry, place -> lookAt(place, entry).or(() -> readAt(place, entry, reader)));
  }

  /** Checks only the object's size. */
  public Optional<Damage> look(IndexRecord entry) {
    return inAllPlaces(entry, place -> lookAt(place, entry));
  }

  /** The damage of an object that the disk cannot read. */
  public static Damage unreadable(IndexRecord entry, String why) {
    return new Damage(entry.key(), Damage.Kind.UNREADABLE, entry.sha256(), why);
  }

  private interface Test {
    Optional<Damage> damage(Path place);
  }

  /** Damaged only if no place has valid bytes. Prefers the damage of a file that exists. */
  private Optional<Damage> inAllPlaces(IndexRecord entry, Test test) {
    Damage told = lost(entry, "a key that no file can have");
    for (Path place : objects.places(entry)) {
      Optional<Damage> damage = test.damage(place);
      if (damage.isEmpty()) {
        return damage;
      }
      told = told.kind() == Damage.Kind.LOST ? damage.get() : told;
    }
    return Optional.of(told);
  }

  private static Optional<Damage> readAt(Path place, IndexRecord entry, Reader reader) {
    try {
      String found = reader.sha256(place);
      return found.equals(entry.sha256())
          ? Optional.empty()
          : Optional.of(new Damage(entry.key(), Damage.Kind.DIGEST, entry.sha256(), found));
    } catch (IOException e) {
      return Optional.of(unreadable(entry, e.toString()));
    }
  }

  private Optional<Damage> lookAt(Path place, IndexRecord entry) {
    try {
      Optional<BasicFileAttributes> found = objects.find(place);
      if (found.isEmpty()) {
        return Optional.of(lost(entry, "no such file"));
      }
      long size = found.get().size();
      return size == entry.size()
          ? Optional.empty()
          : Optional.of(
              new Damage(entry.key(), Damage.Kind.SIZE, entry.size() + " bytes", size + " bytes"));
    } catch (UnsafeFileException e) {
      return Optional.of(lost(entry, "not a regular file: " + e.getReason()));
    } catch (IOException e) {
      return Optional.of(unreadable(entry, e.toString()));
    }
  }

  private static Damage lost(IndexRecord entry, String found) {
    return new Damage(entry.key(), Damage.Kind.LOST, entry.size() + " bytes", found);
  }
}
