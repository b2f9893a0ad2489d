package io.parsecbackup.repository.storage;

import java.io.IOException;

/** A file was not written, because its {@link NewFile.Condition} is not met. */
public final class ConditionFailedException extends IOException {

  private static final long serialVersionUID = 1;

  public ConditionFailedException(String message) {
    super(message);
  }
}
