package io.parsecbackup.restore;

import java.util.Locale;

/** The parts of a job, as its progress names them. */
enum JobPhase {
  PREPARE,
  /** The backup's own files are read. */
  FILES,
  /** Objects are read, or sent. */
  OBJECTS,
  /** A database is filled. */
  DATABASE,
  /** A restored database is compared with its backup. */
  COMPARE;

  String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
