package io.parsecbackup.repository.storage;

import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.util.Locale;

/** Tells a place that cannot be written, which may still be read, from a disk that fails. */
public final class Unwritable {

  private Unwritable() {}

  /**
   * Does nothing where {@code failure} says that the place is read-only, full, or somebody else's.
   *
   * @throws FileSystemException {@code failure} itself where it says anything else
   */
  public static void require(FileSystemException failure) throws FileSystemException {
    String why = String.valueOf(failure.getReason()).toLowerCase(Locale.ROOT);
    if (!(failure instanceof AccessDeniedException)
        && !why.contains("read-only")
        && !why.contains("no space left")
        && !why.contains("quota")
        && !why.contains("not permitted")) {
      throw failure;
    }
  }
}
