package io.parsecbackup.restore;

import java.util.Optional;

/**
 * What a restore is asked to do.
 *
 * @param database where the SQL goes, as {@link TargetText} reads it; the configured one where
 *     empty
 * @param blockstore where the objects go; the configured one where empty
 * @param replace whether what is there and differs may be replaced
 * @param dryRun whether it only says what it would do
 * @param allObjects whether objects that the dump does not refer to are sent too
 */
public record RestoreRequest(
    Optional<TargetText> database,
    Optional<TargetText> blockstore,
    Part part,
    boolean replace,
    boolean dryRun,
    boolean allObjects) {

  /** Which half of a backup. */
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
