package io.parsecbackup.repository.storage;

import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.util.Locale;

/** Distinguishes a place that can be read but not written from a disk that fails. */
public final class Unwritable {

  private Unwritable() {}

  /**
   * Does nothing if {@code failure} says that the place is read-only, full or not accessible.
   *
   * @throws FileSystemException {@code failure} itself in all other cases
   */
  public static void require(FileSystemException failure) throws FileSystemException {
    String why = String.valueOf(failure.getReason()).toLowerCase(Locale.ROOT);
    if (!(failure instanceof AccessDeniedException)
        && !why.contains("read-only")
        && !DiskFull.isCauseOf(failure)
        && !why.contains("not permitted")) {
      throw failure;
    }
  }
}
