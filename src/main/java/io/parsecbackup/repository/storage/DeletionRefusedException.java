package io.parsecbackup.repository.storage;

import java.io.IOException;

/** A file was not removed, because this program may not delete it. */
public final class DeletionRefusedException extends IOException {

  private static final long serialVersionUID = 1;

  public DeletionRefusedException(String message) {
    super(message);
  }
}
