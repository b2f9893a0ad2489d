package io.parsecbackup.job;

import io.parsecbackup.Problem;
import io.parsecbackup.Problem.Kind;
import io.parsecbackup.repository.storage.DiskFull;
import io.parsecbackup.repository.storage.UnsafeFileException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystemException;

/** Says in an operator's words what the file system did. */
public final class DiskFailures {

  private DiskFailures() {}

  public static Problem read(UncheckedIOException failure) {
    return read(failure.getCause() instanceof IOException disk ? disk : new IOException(failure));
  }

  public static Problem read(IOException failure) {
    String message = String.valueOf(failure.getMessage());
    if (DiskFull.isCauseOf(failure)) {
      return new Problem(
          Kind.SPACE,
          "the repository's file system is full ("
              + message
              + "). Nothing was published; make room, then run again: what was copied is used",
          failure);
    }
    if (failure instanceof UnsafeFileException) {
      return new Problem(
          Kind.REPOSITORY,
          "the repository holds something that is not followed or opened ("
              + message
              + "). Nothing outside of the repository was touched; run again when it is put right",
          failure);
    }
    String what =
        failure instanceof FileSystemException
            ? failure.getClass().getSimpleName() + ": " + message
            : message;
    return new Problem(
        Kind.REPOSITORY,
        "the repository's file system failed ("
            + what
            + "). Nothing was published; check the folder's rights and the disk, then run again",
        failure);
  }
}
