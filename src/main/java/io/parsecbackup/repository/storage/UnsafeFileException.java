package io.parsecbackup.repository.storage;

import java.nio.file.FileSystemException;

/**
 * A file in a repository is unsafe: a symbolic link, FIFO, socket or device instead of a file or
 * folder, a document that is too large, or a name outside its folder. It was not opened, and
 * nothing that it points to was changed.
 */
public final class UnsafeFileException extends FileSystemException {

  private static final long serialVersionUID = 1;

  public UnsafeFileException(String file, String reason) {
    super(file, null, reason);
  }

  /** Without the name of the class, because it appears in findings and log messages. */
  @Override
  public String toString() {
    return String.valueOf(getMessage());
  }
}
