package io.parsecbackup.repository.storage;

import java.io.IOException;

/** A server did not do what was asked of it for a file of the repository. */
public final class RemoteStorageException extends IOException {

  private final String advice;
  private final boolean ofOneFile;

  /**
   * @param message names the file and the fault
   * @param advice what to do, as the end of a sentence
   */
  public RemoteStorageException(String message, String advice, Throwable cause) {
    this(message, advice, false, cause);
  }

  /** As above, without a cause. */
  public RemoteStorageException(String message, String advice) {
    super(message);
    this.advice = advice;
    this.ofOneFile = false;
  }

  private RemoteStorageException(
      String message, String advice, boolean ofOneFile, Throwable cause) {
    super(message, cause);
    this.advice = advice;
    this.ofOneFile = ofOneFile;
  }

  /** The same failure, of a file that is the only one: the server takes others. */
  public RemoteStorageException ofOneFile() {
    return new RemoteStorageException(String.valueOf(getMessage()), advice, true, this);
  }

  /** What to do, as the end of a sentence. */
  public String advice() {
    return advice;
  }

  /** Whether it is known that the server takes other files. */
  public boolean isOfOneFile() {
    return ofOneFile;
  }
}
