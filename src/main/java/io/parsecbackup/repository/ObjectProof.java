package io.parsecbackup.repository;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Optional;

/** Whether what the index says of an object is so. Called by any thread. */
public final class ObjectProof {

  private final ObjectFiles objects;

  ObjectProof(ObjectFiles objects) {
    this.objects = objects;
  }

  /** Reads the object's bytes; empty when they are those that the index describes. */
  public Optional<Damage> read(IndexRecord entry) {
    return firstWithout(entry, place -> readAt(place, entry));
  }

  /** Looks at the object's length alone. */
  public Optional<Damage> look(IndexRecord entry) {
    return firstWithout(entry, place -> lookAt(place, entry));
  }

  private interface Test {
    Optional<Damage> damage(Path place);
  }

  /** Damaged is what is whole in none of its places; the likeliest one says what is wrong. */
  private Optional<Damage> firstWithout(IndexRecord entry, Test test) {
    Optional<Damage> first = Optional.empty();
    for (Path place : objects.places(entry)) {
      Optional<Damage> damage = test.damage(place);
      if (damage.isEmpty()) {
        return damage;
      }
      first = first.or(() -> damage);
    }
    return first.or(() ->
        Optional.of(
            new Damage(
                entry.key(), Damage.Kind.LOST, entry.size() + " bytes", "a key no file has")));
  }

  private static Optional<Damage> readAt(Path place, IndexRecord entry) {
    Optional<Damage> length = lookAt(place, entry);
    if (length.isPresent()) {
      return length;
    }
    try {
      String found = Sha256.of(place);
      return found.equals(entry.sha256())
          ? Optional.empty()
          : Optional.of(new Damage(entry.key(), Damage.Kind.DIGEST, entry.sha256(), found));
    } catch (IOException e) {
      return Optional.of(unreadable(entry, e));
    }
  }

  private static Optional<Damage> lookAt(Path place, IndexRecord entry) {
    String bytes = entry.size() + " bytes";
    try {
      BasicFileAttributes found =
          Files.readAttributes(place, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
      if (!found.isRegularFile()) {
        return Optional.of(new Damage(entry.key(), Damage.Kind.LOST, bytes, "no regular file"));
      }
      return found.size() == entry.size()
          ? Optional.empty()
          : Optional.of(new Damage(entry.key(), Damage.Kind.SIZE, bytes, found.size() + " bytes"));
    } catch (NoSuchFileException e) {
      return Optional.of(new Damage(entry.key(), Damage.Kind.LOST, bytes, "no such file"));
    } catch (IOException e) {
      return Optional.of(unreadable(entry, e));
    }
  }

  private static Damage unreadable(IndexRecord entry, IOException why) {
    return new Damage(
        entry.key(), Damage.Kind.UNREADABLE, entry.sha256(), String.valueOf(why.getMessage()));
  }
}
