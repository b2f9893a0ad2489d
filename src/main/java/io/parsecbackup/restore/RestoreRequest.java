package io.parsecbackup.restore;

import io.parsecbackup.TargetText;
import java.util.Optional;

/**
 * The options of a restore.
 *
 * @param database the target database; if empty, the configured database
 * @param blockstore the target of the objects; if empty, the configured block store
 * @param replace whether existing data that differs may be replaced
 * @param dryRun whether the restore only reports what it would do
 * @param allObjects whether to send also objects that the dump does not refer to
 */
public record RestoreRequest(
    Optional<TargetText> database,
    Optional<TargetText> blockstore,
    Part part,
    boolean replace,
    boolean dryRun,
    boolean allObjects) {

  /** The part of a backup to restore. */
  public enum Part {
    ALL,
    DATABASE,
    OBJECTS;

    boolean hasDatabase() {
      return this != OBJECTS;
    }

    boolean hasObjects() {
      return this != DATABASE;
    }
  }
}
