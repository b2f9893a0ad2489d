package io.parsecbackup.sync;

import java.util.Locale;

/** What can be wrong with an object. */
public enum ObjectFinding {
  /** The repository's file has other bytes than were recorded. */
  DIGEST,
  /** The repository's file has another size than was recorded. */
  SIZE,
  /** The repository has no such file. */
  LOST,
  /** The repository's file cannot be read. */
  UNREADABLE,
  /** The target holds other bytes under the key. */
  DIFFERS;

  /** As reports name it. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Told of what is wrong; by several threads. */
  public interface Listener {
    /**
     * One object is not as it should be.
     *
     * @param problem the {@link ObjectFinding#word}
     * @param expected what the backup says of the object
     * @param found what is there in its place
     */
    void found(String key, String problem, String expected, String found);
  }
}
