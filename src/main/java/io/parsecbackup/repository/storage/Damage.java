package io.parsecbackup.repository.storage;

import java.util.Locale;

/**
 * A damaged or missing object or file.
 *
 * @param name an object's key, or a file's path from the repository's root
 */
public record Damage(String name, Kind kind, String expected, String found) {

  /** The kinds of damage. */
  public enum Kind {
    /** It has other bytes. */
    DIGEST,
    /** It has another size. */
    SIZE,
    /** It does not exist. */
    LOST,
    /** The disk cannot read it. */
    UNREADABLE;

    /** Its name in JSON and on the command line. */
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }
}
