package io.parsecbackup.dump.restore;

/**
 * The parts of a dump that a restore leaves out.
 *
 * @param owners whether owners and privileges are left out: all objects belong to the restoring
 *     role
 * @param tablespaces whether tablespaces are left out: all tables and indexes are in the database's
 *     default
 */
public record RestoreExclusions(boolean owners, boolean tablespaces) {

  RestoreExclusions withOwners() {
    return new RestoreExclusions(true, tablespaces);
  }
}
