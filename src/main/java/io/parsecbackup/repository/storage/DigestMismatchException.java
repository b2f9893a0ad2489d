package io.parsecbackup.repository.storage;

import java.io.IOException;

/** A file has other bytes than expected. */
public final class DigestMismatchException extends IOException {

  private static final long serialVersionUID = 1;

  private final String found;

  /**
   * @param file its full path or URL
   * @param expected the SHA-256 that it should have
   * @param found the SHA-256 that it has
   */
  public DigestMismatchException(String file, String expected, String found) {
    super(file + " has the SHA-256 " + found + " instead of " + expected);
    this.found = found;
  }

  /** The SHA-256 that the file has. */
  public String found() {
    return found;
  }
}
