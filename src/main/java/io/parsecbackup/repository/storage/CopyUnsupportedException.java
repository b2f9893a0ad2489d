package io.parsecbackup.repository.storage;

import java.io.IOException;

/** A server does not copy files itself, or not in a way that can be checked. */
public final class CopyUnsupportedException extends IOException {

  public CopyUnsupportedException(String why) {
    super(why);
  }
}
