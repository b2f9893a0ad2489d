package io.parsecbackup.repository.index;

import io.parsecbackup.repository.storage.Damage;
import io.parsecbackup.repository.storage.DigestMismatchException;
import io.parsecbackup.repository.storage.Storage;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/** A file of the index after its bytes were compared with its published digest. */
sealed interface IndexFile {

  /**
   * Its digest is the published one.
   *
   * @param file a local copy
   */
  record Valid(Path file) implements IndexFile {}

  /** It has other bytes, or cannot be read. */
  record Damaged(Damage damage) implements IndexFile {}

  /**
   * Reads a file.
   *
   * @param sha256 its published digest
   */
  static IndexFile read(Storage storage, String name, String sha256) {
    try {
      return new Valid(storage.local(name, Optional.of(sha256)));
    } catch (DigestMismatchException e) {
      return damaged(name, Damage.Kind.DIGEST, sha256, e.found());
    } catch (NoSuchFileException e) {
      return damaged(name, Damage.Kind.LOST, sha256, "no such file");
    } catch (IOException e) {
      return damaged(name, Damage.Kind.UNREADABLE, sha256, String.valueOf(e));
    }
  }

  static IndexFile damaged(String name, Damage.Kind kind, String expected, String found) {
    return new Damaged(new Damage(name, kind, expected, found));
  }

  /** Empty if it is valid. */
  default Optional<Damage> problem() {
    return switch (this) {
      case Valid valid -> Optional.empty();
      case Damaged(Damage damage) -> Optional.of(damage);
    };
  }
}
