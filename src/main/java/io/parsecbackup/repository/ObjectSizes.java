package io.parsecbackup.repository;

import io.parsecbackup.repository.index.Cursor;
import io.parsecbackup.repository.storage.StoredFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Iterator;
import java.util.Optional;
import java.util.OptionalLong;

/** The sizes of objects' files. */
@FunctionalInterface
public interface ObjectSizes {

  /**
   * The size in bytes; empty if the object has no file.
   *
   * @param key not before those of earlier calls
   */
  OptionalLong size(String key) throws IOException;

  /** The sizes in a listing of files whose names begin with {@code prefix}. */
  static ObjectSizes listed(Iterator<StoredFile> files, String prefix) throws IOException {
    Cursor<StoredFile> listing;
    try {
      listing = new Cursor<>(files, file -> file.name().substring(prefix.length()));
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    return key -> {
      try {
        Optional<StoredFile> found = listing.take(key);
        return found.isPresent() ? OptionalLong.of(found.get().size()) : OptionalLong.empty();
      } catch (UncheckedIOException e) {
        throw e.getCause();
      }
    };
  }
}
