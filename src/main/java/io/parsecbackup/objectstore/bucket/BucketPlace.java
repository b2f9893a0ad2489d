package io.parsecbackup.objectstore.bucket;

import io.parsecbackup.objectstore.s3.BucketAddress;
import io.parsecbackup.repository.storage.Sha256;
import io.parsecbackup.repository.storage.UnsafeFileException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * Where a repository is.
 *
 * @param prefix of its keys, without slashes at both ends; may be empty
 */
public record BucketPlace(BucketAddress address, String prefix) {

  /** In bytes of UTF-8. */
  private static final int LONGEST_KEY = 1024;

  /** A URL without a secret. */
  public String location() {
    String bucket =
        address.endpoint().map(endpoint -> endpoint.replaceAll("/+$", "") + "/").orElse("s3://")
            + address.bucket();
    return prefix.isEmpty() ? bucket : bucket + "/" + prefix;
  }

  public String locate(String name) {
    return location() + "/" + name;
  }

  /** Distinguishes the repositories that share a cache. */
  public String hash() {
    return Sha256.of(location().getBytes(StandardCharsets.UTF_8)).substring(0, 16);
  }

  /** What all keys begin with. */
  public String keyPrefix() {
    return prefix.isEmpty() ? "" : prefix + "/";
  }

  /**
   * The key of a file.
   *
   * @throws UnsafeFileException when the name is not that of a file in a repository
   */
  public String key(String name) throws UnsafeFileException {
    requireName(name);
    return keyPrefix() + name;
  }

  /** The name of the file with a key that begins with the prefix. */
  public String name(String key) {
    return key.substring(keyPrefix().length());
  }

  /** Why no object can have this name; empty if one can. */
  public Optional<String> refusal(String name) {
    int length = (keyPrefix() + name).getBytes(StandardCharsets.UTF_8).length;
    return length > LONGEST_KEY
        ? Optional.of("with the repository's prefix it has more than 1,024 bytes")
        : Optional.empty();
  }

  private void requireName(String name) throws UnsafeFileException {
    boolean safe = !name.isEmpty() && name.indexOf('\0') < 0;
    for (String part : name.split("/", -1)) {
      safe &= !part.isEmpty() && !part.equals(".") && !part.equals("..");
    }
    if (!safe) {
      throw new UnsafeFileException(
          location(), "'" + name + "' is not the name of a file in a repository");
    }
  }
}
