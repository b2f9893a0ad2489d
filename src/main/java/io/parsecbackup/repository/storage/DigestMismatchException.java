package io.parsecbackup.repository.storage;

import java.io.IOException;

/** A file has other bytes than expected. */
public final class DigestMismatchException extends IOException {

  private static final long serialVersionUID = 1;

  public DigestMismatchException(String message) {
    super(message);
  }
}
