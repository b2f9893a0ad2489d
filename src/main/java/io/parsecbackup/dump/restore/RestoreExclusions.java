package io.parsecbackup.dump.restore;

/**
 * What a restore leaves out of a dump.
 *
 * @param owners whose everything is and who else may use it: all goes to the role that restores
 * @param tablespaces in which tables and indexes lay: all goes to the database's own
 */
public record RestoreExclusions(boolean owners, boolean tablespaces) {

  RestoreExclusions withOwners() {
    return new RestoreExclusions(true, tablespaces);
  }
}
