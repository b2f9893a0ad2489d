package io.parsecbackup.objectstore.bucket;

import io.parsecbackup.objectstore.content.TransferException;
import io.parsecbackup.repository.storage.RemoteStorageException;
import java.io.IOException;
import java.nio.file.NoSuchFileException;

/** Explains failed requests for the files of a repository. */
public final class Failures {

  private static final String SETTING =
      "parsec.backup.repository (of a copy: parsec.backup.copies)";

  private Failures() {}

  /**
   * The exception for a file that cannot be used.
   *
   * @param file its full URL
   * @param done for a message, such as "read"
   */
  public static IOException of(String file, String done, TransferException failure) {
    return switch (failure.kind()) {
      case ABSENT -> new NoSuchFileException(file);
      case NO_BUCKET ->
          failed(file, done, failure, "create the bucket, or correct its name in " + SETTING);
      case NO_ACCESS, REFUSED ->
          failed(
              file,
              done,
              failure,
              "check the region and the key in " + SETTING + ", and the key's rights");
      case TEMPORARY, THROTTLED, UNCHANGED, PRESENT, UNSUPPORTED ->
          failed(file, done, failure, "check the server of the bucket");
    };
  }

  private static RemoteStorageException failed(
      String file, String done, TransferException failure, String advice) {
    return new RemoteStorageException(
        file + " cannot be " + done + ": " + failure.getMessage(), advice, failure);
  }
}
