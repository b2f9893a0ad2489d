package io.parsecbackup.job;

import java.util.Locale;

/** The phases of a job that is not a backup, as its progress names them. */
public enum JobPhase {
  PREPARE,
  /** Reads the backup's own files. */
  FILES,
  /** Reads or uploads objects. */
  OBJECTS,
  /** Fills a database. */
  DATABASE,
  /** Compares a restored database with its backup. */
  COMPARE;

  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
