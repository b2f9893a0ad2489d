package io.parsecbackup.repository;

import io.parsecbackup.repository.index.IndexRecord;
import io.parsecbackup.repository.storage.Sha256;
import io.parsecbackup.repository.storage.Storage;
import io.parsecbackup.repository.storage.StoredFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Optional;

/** A file that may have the bytes of an object. */
public final class ObjectPlace {

  private final Storage storage;
  private final String name;
  private final IndexRecord entry;

  ObjectPlace(Storage storage, String name, IndexRecord entry) {
    this.storage = storage;
    this.name = name;
    this.entry = entry;
  }

  /**
   * The first bytes of the file, one more at most than the object has: a file that has grown has
   * another digest.
   */
  public byte[] bytes() throws IOException {
    try (InputStream in = storage.open(name)) {
      return in.readNBytes((int) Math.min(entry.size() + 1, Integer.MAX_VALUE - 8));
    }
  }

  /**
   * The digest of the file's bytes; of a file that is longer than the object, another digest than
   * the object's.
   */
  public String sha256() throws IOException {
    MessageDigest sha256 = Sha256.digest();
    byte[] buffer = new byte[(int) Math.clamp(entry.size() + 1, 1, 1 << 16)];
    try (InputStream in = storage.open(name)) {
      long left = entry.size() + 1;
      while (left > 0) {
        int read = in.read(buffer, 0, (int) Math.min(buffer.length, left));
        if (read < 0) {
          break;
        }
        sha256.update(buffer, 0, read);
        left -= read;
      }
    }
    return Sha256.hex(sha256);
  }

  /**
   * A local file with the object's bytes.
   *
   * @throws io.parsecbackup.repository.storage.DigestMismatchException when this file has other
   *     bytes
   */
  public Path local() throws IOException {
    return storage.local(name, Optional.of(entry.sha256()));
  }

  Optional<StoredFile> find() throws IOException {
    return storage.find(name);
  }

  @Override
  public String toString() {
    return storage.locate(name);
  }
}
