package io.parsecbackup.job;

import io.parsecbackup.Problem;
import io.parsecbackup.Problem.Kind;
import io.parsecbackup.repository.storage.DiskFull;
import io.parsecbackup.repository.storage.RemoteStorageException;
import io.parsecbackup.repository.storage.UnsafeFileException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystemException;
import java.util.Locale;

/** Explains to an operator that files of the repository, or scratch files, cannot be used. */
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
          "there is no space left for the repository's files or scratch files ("
              + message
              + "). Free space, then run again; objects already copied are kept",
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
    if (failure instanceof RemoteStorageException remote) {
      return new Problem(
          Kind.REPOSITORY,
          message + ". " + asSentence(remote.advice()) + ", then run again",
          failure);
    }
    String what =
        failure instanceof FileSystemException
            ? failure.getClass().getSimpleName() + ": " + message
            : message;
    return new Problem(
        Kind.REPOSITORY,
        "the repository's files cannot be read or written ("
            + what
            + "). Check the rights and the disk of its folder, or its bucket and key, then run again",
        failure);
  }

  private static String asSentence(String advice) {
    return advice.substring(0, 1).toUpperCase(Locale.ROOT) + advice.substring(1);
  }
}
