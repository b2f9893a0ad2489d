package io.parsecbackup.dump.restore;

import io.parsecbackup.dump.restore.DatabasePlan.Action;
import java.util.List;
import java.util.Optional;

/**
 * The result of the restore of a database.
 *
 * @param action what was done; the target may have changed since the plan
 * @param keptAs the name of the old database, which the operator may drop
 * @param warnings the differences to the source, in words
 * @param noOwner whether all objects belong to the restoring role, without privileges
 * @param databaseCreated whether the target did not exist before
 */
public record DatabaseOutcome(
    Action action,
    Optional<String> keptAs,
    List<String> warnings,
    boolean noOwner,
    boolean databaseCreated) {

  public DatabaseOutcome {
    warnings = List.copyOf(warnings);
  }
}
