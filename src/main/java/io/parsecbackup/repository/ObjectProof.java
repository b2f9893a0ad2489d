package io.parsecbackup.repository;

import io.parsecbackup.repository.index.IndexRecord;
import io.parsecbackup.repository.storage.Damage;
import io.parsecbackup.repository.storage.Sha256;
import io.parsecbackup.repository.storage.UnsafeFileException;
import java.io.IOException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Optional;

/** Whether what the index says of an object is so. Called by any thread. */
public final class ObjectProof {

  private final ObjectFiles objects;

  ObjectProof(ObjectFiles objects) {
    this.objects = objects;
  }

  /** Reads a file's bytes, for whatever else they may be needed, and tells their digest. */
  @FunctionalInterface
  public interface Reader {
    String sha256(Path file) throws IOException;
  }

  /** Reads the object's bytes; empty when they are those that the index describes. */
  public Optional<Damage> read(IndexRecord entry) {
    return read(entry, Sha256::of);
  }

  /** As the other; the file that {@code reader} was given last is the one that was found whole. */
  public Optional<Damage> read(IndexRecord entry, Reader reader) {
    return inAllPlaces(entry, place -> lookAt(place, entry).or(() -> readAt(place, entry, reader)));
  }

  /** Looks at the object's length alone. */
  public Optional<Damage> look(IndexRecord entry) {
    return inAllPlaces(entry, place -> lookAt(place, entry));
  }

  /** What to say of an object that the disk does not give. */
  public static Damage unreadable(IndexRecord entry, String why) {
    return new Damage(entry.key(), Damage.Kind.UNREADABLE, entry.sha256(), why);
  }

  private interface Test {
    Optional<Damage> damage(Path place);
  }

  /** Damaged is what is whole in none of its places; what is there tells more than what is not. */
  private Optional<Damage> inAllPlaces(IndexRecord entry, Test test) {
    Damage told = lost(entry, "a key no file has");
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
