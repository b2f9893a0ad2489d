package io.parsecbackup.repository.storage;

import java.io.IOException;

/**
 * The server of a repository has a file that can be neither read nor replaced, and serves others.
 * Nothing has changed.
 */
public final class UnusableFileException extends IOException {

  private static final long serialVersionUID = 1;

  /**
   * @param file its full URL
   * @param failure why it cannot be used
   */
  private UnusableFileException(String file, IOException failure) {
    super(
        file
            + " is in the repository's bucket, but can be neither read nor replaced: "
            + failure.getMessage(),
        failure);
  }

  /**
   * The exception for a file that could not be used.
   *
   * @throws IOException when the storage as a whole does not work
   */
  public static UnusableFileException of(Storage storage, String name, IOException failure)
      throws IOException {
    requireServer(storage);
    return new UnusableFileException(storage.locate(name), failure);
  }

  /**
   * Returns if another file can be read, so that a failure says something about the file that could
   * not be read. A disk that cannot read a file has lost its bytes, so it is not asked. A server
   * may be down, or refuse its key.
   *
   * @throws IOException when the server does not serve another file either
   */
  public static void requireServer(Storage storage) throws IOException {
    if (storage.isRemote()) {
      var unused = storage.find(Layout.IDENTITY);
    }
  }
}
