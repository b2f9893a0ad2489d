package io.parsecbackup.job;

import io.parsecbackup.Problem;
import io.parsecbackup.Problem.Kind;
import io.parsecbackup.repository.storage.DiskFull;
import io.parsecbackup.repository.storage.UnsafeFileException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystemException;

/** Explains a failure of the repository's file system to an operator. */
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
              + "). Nothing was published: free space, then run again; objects already copied are"
              + " kept",
          failure);
    }
    if (failure instanceof UnsafeFileException) {
      return new Problem(
          Kind.REPOSITORY,
          "the repository contains a file that the program does not open ("
              + message
              + "). Nothing outside the repository was touched; fix this, then run again",
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
