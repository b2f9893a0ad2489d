package io.parsecbackup.dump.restore;

import io.parsecbackup.dump.restore.DatabasePlan.Action;
import java.util.List;
import java.util.Optional;

/**
 * A database that was restored.
 *
 * @param action what was really done; since the plan was made the target may have changed
 * @param keptAs the name of the database that was there before; it is for the operator to drop
 * @param warnings what is not as it was, in words
 * @param noOwner whether everything went to the role that restored, without privileges
 * @param databaseCreated whether the target was not there before
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
