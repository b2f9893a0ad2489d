package io.parsecbackup.dump;

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

  /** The dump's name in a backup's folder, before any encryption. */
  public String fileName() {
    return fileName;
  }
}
