package io.parsecbackup.repository;

import io.parsecbackup.repository.index.IndexRecord;
import io.parsecbackup.repository.storage.Damage;
import io.parsecbackup.repository.storage.DigestMismatchException;
import io.parsecbackup.repository.storage.Storage;
import io.parsecbackup.repository.storage.StoredFile;
import io.parsecbackup.repository.storage.UnsafeFileException;
import io.parsecbackup.repository.storage.UnusableFileException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.NoSuchFileException;
import java.util.Iterator;
import java.util.Optional;
import java.util.OptionalLong;

/** Checks objects against their index records. Thread-safe. */
public final class ObjectProof {

  private final ObjectFiles objects;

  ObjectProof(ObjectFiles objects) {
    this.objects = objects;
  }

  /** Where the objects are. */
  public Storage storage() {
    return objects.storage();
  }

  /** Reads a file and returns its digest. It may use the bytes for another purpose too. */
  @FunctionalInterface
  public interface Reader {
    String sha256(ObjectPlace place) throws IOException;
  }

  /** Reads the object's bytes. Empty if they match the index. */
  public Optional<Damage> read(IndexRecord entry) {
    return read(entry, ObjectPlace::sha256);
  }

  /**
   * As {@link #read(IndexRecord)}. If the result is empty, the last file that {@code reader} has
   * read is the valid one.
   */
  public Optional<Damage> read(IndexRecord entry, Reader reader) {
    return inAllPlaces(entry, place -> readAt(place, entry, reader));
  }

  /** Checks only the object's size. */
  public Optional<Damage> look(IndexRecord entry) {
    return inAllPlaces(entry, place -> lookAt(place, entry));
  }

  /** Checks the size of an object. */
  @FunctionalInterface
  public interface Look {
    Optional<Damage> at(IndexRecord entry);
  }

  /**
   * Checks sizes as {@link #look}, of objects in key order. A bucket is listed once for all of
   * them.
   */
  public Look lookInOrder() throws IOException {
    if (!objects.storage().isRemote()) {
      return this::look;
    }
    ObjectSizes sizes = objects.sizes();
    return entry -> {
      try {
        return sizes.size(entry.key()).equals(OptionalLong.of(entry.size()))
            ? Optional.empty()
            : look(entry);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    };
  }

  /** The damage of an object that the disk cannot read. */
  public static Damage unreadable(IndexRecord entry, String why) {
    return new Damage(entry.key(), Damage.Kind.UNREADABLE, entry.sha256(), why);
  }

  private interface Test {
    Optional<Damage> damage(ObjectPlace place);
  }

  /** Damaged only if no place has valid bytes. Prefers the damage of a file that exists. */
  private Optional<Damage> inAllPlaces(IndexRecord entry, Test test) {
    Damage told = lost(entry, "a key that no file can have");
    Iterator<ObjectPlace> places = objects.places(entry);
    while (places.hasNext()) {
      Optional<Damage> damage = test.damage(places.next());
      if (damage.isEmpty()) {
        return damage;
      }
      told = told.kind() == Damage.Kind.LOST ? damage.get() : told;
    }
    return Optional.of(told);
  }

  /** Equal digests need no look at the size: in a bucket it would be a request of its own. */
  private Optional<Damage> readAt(ObjectPlace place, IndexRecord entry, Reader reader) {
    String found;
    try {
      found = reader.sha256(place);
    } catch (DigestMismatchException e) {
      found = e.found();
    } catch (NoSuchFileException | UnsafeFileException e) {
      return lookAt(place, entry).or(() -> Optional.of(unreadable(entry, e.toString())));
    } catch (IOException e) {
      requireStore();
      return Optional.of(unreadable(entry, e.toString()));
    }
    if (found.equals(entry.sha256())) {
      return Optional.empty();
    }
    Damage other = new Damage(entry.key(), Damage.Kind.DIGEST, entry.sha256(), found);
    return lookAt(place, entry).or(() -> Optional.of(other));
  }

  private Optional<Damage> lookAt(ObjectPlace place, IndexRecord entry) {
    try {
      Optional<StoredFile> found = place.find();
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
      requireStore();
      return Optional.of(unreadable(entry, e.toString()));
    }
  }

  /**
   * A disk that cannot read a file has lost its bytes. A server may be down, or refuse its key, and
   * that says nothing about the object.
   *
   * @throws UncheckedIOException when the server does not serve another file either
   */
  private void requireStore() {
    try {
      UnusableFileException.requireServer(objects.storage());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Damage lost(IndexRecord entry, String found) {
    return new Damage(entry.key(), Damage.Kind.LOST, entry.size() + " bytes", found);
  }
}
