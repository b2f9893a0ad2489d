package io.parsecbackup.dump.archive;

import io.parsecbackup.Problem;

/** The formats of pg_dump that a backup may hold, by pg_dump's own names. */
public enum DumpFormat {
  /** An archive for pg_restore, compressed. */
  CUSTOM("database.dump"),
  /** An SQL script for psql, never compressed. */
  PLAIN("database.sql");

  private final String fileName;

  DumpFormat(String fileName) {
    this.fileName = fileName;
  }

  /**
   * The format of that name, as {@code backup.json} has it.
   *
   * @throws Problem of kind REPOSITORY when there is none
   */
  public static DumpFormat of(String name) {
    for (DumpFormat format : values()) {
      if (format.name().equalsIgnoreCase(name)) {
        return format;
      }
    }
    throw new Problem(
        Problem.Kind.REPOSITORY,
        "a dump of the format '" + name + "' is none that this version knows");
  }

  /** The dump's name in a backup's folder, before any encryption. */
  public String fileName() {
    return fileName;
  }
}
