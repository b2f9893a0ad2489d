package io.parsecbackup.repository.index;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What has to be true of an object's key before it may become a file name under {@code objects/}.
 */
public final class ObjectKey {

  /** NAME_MAX of Linux's file systems, in bytes. */
  static final int LONGEST_NAME = 255;

  /**
   * What S3 allows a key to have, in bytes; with a repository's own path it stays below PATH_MAX.
   */
  static final int LONGEST_KEY = 1024;

  private ObjectKey() {}

  /**
   * Why {@code key} cannot be a file below a folder, or empty when it can. Looks at the text alone.
   */
  public static Optional<String> refusal(String key) {
    if (key.isEmpty()) {
      return Optional.of("it is empty");
    }
    if (key.indexOf('\0') >= 0) {
      return Optional.of("it holds a NUL");
    }
    if (!StandardCharsets.UTF_8.newEncoder().canEncode(key)) {
      return Optional.of("it is not Unicode text");
    }
    if (key.getBytes(StandardCharsets.UTF_8).length > LONGEST_KEY) {
      return Optional.of("it is longer than " + LONGEST_KEY + " bytes");
    }
    // -1 keeps what is empty at the end: "a/" has an empty last name.
    for (String name : key.split("/", -1)) {
      if (name.isEmpty()) {
        return Optional.of("a name between its slashes is empty");
      }
      if (name.equals(".") || name.equals("..")) {
        return Optional.of("it leaves the folder or names it twice");
      }
      if (name.getBytes(StandardCharsets.UTF_8).length > LONGEST_NAME) {
        return Optional.of("a name between its slashes is longer than " + LONGEST_NAME + " bytes");
      }
    }
    return Optional.empty();
  }

  /**
   * The file of {@code key} under {@code folder}.
   *
   * @throws IllegalArgumentException when {@link #refusal} has a word against the key
   */
  public static Path in(Path folder, String key) {
    refusal(key)
        .ifPresent(why -> {
          throw new IllegalArgumentException("key " + key + ": " + why);
        });
    return folder.resolve(key);
  }
}
