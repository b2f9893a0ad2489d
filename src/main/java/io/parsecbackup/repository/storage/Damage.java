package io.parsecbackup.repository.storage;

import java.util.Locale;

/**
 * Something that is not as it was stored.
 *
 * @param name an object's key, or a file's path from the repository's root
 */
public record Damage(String name, Kind kind, String expected, String found) {

  /** What is wrong with it. */
  public enum Kind {
    /** Other bytes. */
    DIGEST,
    /** Another length. */
    SIZE,
    /** Not there. */
    LOST,
    /** The disk does not give it. */
    UNREADABLE;

    /** The word for it in JSON and on the command line. */
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }
}
