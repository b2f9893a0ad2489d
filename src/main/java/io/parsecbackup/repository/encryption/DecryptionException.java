package io.parsecbackup.repository.encryption;

import java.io.IOException;

/** An encrypted file is damaged: it was changed or truncated, or is not in the format of age. */
public final class DecryptionException extends IOException {

  DecryptionException(String message, Exception cause) {
    super(message, cause);
  }
}
