package io.parsecbackup.repository.storage;

import java.nio.file.FileSystemException;

/**
 * Something in a repository is not what may be there: a symbolic link, a FIFO, a socket or a device
 * in the place of a file or folder, a document larger than any that this program writes, or a name
 * that leaves its folder. It was not opened, and nothing behind it was touched.
 */
public final class UnsafeFileException extends FileSystemException {

  private static final long serialVersionUID = 1;

  UnsafeFileException(String file, String reason) {
    super(file, null, reason);
  }

  /** Without the class's name, for it ends in findings and log lines. */
  @Override
  public String toString() {
    return String.valueOf(getMessage());
  }
}
