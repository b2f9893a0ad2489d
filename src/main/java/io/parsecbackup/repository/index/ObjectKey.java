package io.parsecbackup.repository.index;

import io.parsecbackup.repository.storage.Storage;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Checks that an object's key can be the name of a file under {@code objects/}. */
public final class ObjectKey {

  /** NAME_MAX of Linux's file systems, in bytes. */
  static final int LONGEST_NAME = 255;

  /** The limit of S3 in bytes. With the path of a repository it stays below PATH_MAX. */
  static final int LONGEST_KEY = 1024;

  private ObjectKey() {}

  /** Why {@code key} cannot be a file below a folder; empty if it can. Checks only the text. */
  public static Optional<String> refusal(String key) {
    return refusal(key, LONGEST_NAME);
  }

  /**
   * Why {@code key} cannot be stored below a prefix in a bucket; empty if it can. Checks only the
   * text.
   */
  public static Optional<String> refusalInBucket(String key) {
    return refusal(key, LONGEST_KEY);
  }

  /** Why {@code key} cannot be stored in {@code storage}; empty if it can. Checks only the text. */
  public static Optional<String> refusal(String key, Storage storage) {
    return storage.isRemote() ? refusalInBucket(key) : refusal(key);
  }

  private static Optional<String> refusal(String key, int longestName) {
    if (key.isEmpty()) {
      return Optional.of("it is empty");
    }
    if (key.indexOf('\0') >= 0) {
      return Optional.of("it contains a NUL");
    }
    if (!StandardCharsets.UTF_8.newEncoder().canEncode(key)) {
      return Optional.of("it is not Unicode text");
    }
    if (key.getBytes(StandardCharsets.UTF_8).length > LONGEST_KEY) {
      return Optional.of("it is longer than " + LONGEST_KEY + " bytes");
    }
    // -1 keeps empty names at the end: "a/" has an empty last name.
    for (String name : key.split("/", -1)) {
      if (name.isEmpty()) {
        return Optional.of("a name between its slashes is empty");
      }
      if (name.equals(".") || name.equals("..")) {
        return Optional.of("a name between its slashes is '.' or '..'");
      }
      if (name.getBytes(StandardCharsets.UTF_8).length > longestName) {
        return Optional.of("a name between its slashes is longer than " + longestName + " bytes");
      }
    }
    return Optional.empty();
  }
}
