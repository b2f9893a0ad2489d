package io.parsecbackup.dump.archive;

import io.parsecbackup.Problem;
import io.parsecbackup.repository.storage.Layout;

/** The formats of pg_dump that a backup can contain, by pg_dump's names. */
public enum DumpFormat {
  /** An archive for pg_restore, compressed. */
  CUSTOM("database.dump"),
  /** An archive for pg_restore, in a folder with a file for each table. */
  DIRECTORY(Layout.DUMP_FOLDER),
  /** An SQL script for psql, never compressed. */
  PLAIN("database.sql");

  private final String fileName;

  DumpFormat(String fileName) {
    this.fileName = fileName;
  }

  /**
   * The format by its name in {@code backup.json}.
   *
   * @throws Problem of kind REPOSITORY if the name is unknown
   */
  public static DumpFormat of(String name) {
    for (DumpFormat format : values()) {
      if (format.name().equalsIgnoreCase(name)) {
        return format;
      }
    }
    throw new Problem(
        Problem.Kind.REPOSITORY,
        "this version does not know the dump format '" + name + "': use a newer version");
  }

  /** The dump's name in a backup's folder, before any encryption. */
  public String fileName() {
    return fileName;
  }

  /** Whether the dump is a folder of files. Then each file is encrypted, and not the folder. */
  public boolean isFolder() {
    return this == DIRECTORY;
  }

  /** Whether pg_restore reads it. */
  public boolean isArchive() {
    return switch (this) {
      case CUSTOM, DIRECTORY -> true;
      case PLAIN -> false;
    };
  }
}
