package io.parsecbackup.dump.restore;

import io.parsecbackup.dump.archive.DumpFacts;
import io.parsecbackup.postgres.connection.DatabaseUri;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * The plan of a restore. Nothing has been changed yet.
 *
 * @param sessions the open sessions in the target, in words; a swap ends them
 * @param keptAs the new name of the old database, if one is replaced
 * @param exclusions the parts of the dump that are left out; a warning says why
 */
public record DatabasePlan(
    DatabasePlan.Request request,
    Action action,
    List<String> sessions,
    Optional<String> keptAs,
    RestoreExclusions exclusions,
    List<String> warnings) {

  /**
   * The requested restore.
   *
   * @param facts the facts of the dump
   * @param migration the newest migration in the dump, if its rows are known
   * @param replace whether a database that is not empty may be replaced
   */
  public record Request(
      DumpSource dump,
      DumpFacts facts,
      OptionalInt migration,
      DatabaseUri target,
      boolean replace) {

    /** The schema of Parsec's tables; empty if the dump has none. */
    Optional<String> schema() {
      return facts.parsecSchema(dump.database().schema());
    }
  }

  /** The ways to restore a dump. */
  public enum Action {
    /** The database does not exist and is created. */
    CREATE,
    /** The database exists, is empty, and is filled. */
    FILL,
    /** The database is not empty: a new one takes its name, the old one is kept under another. */
    SWAP,
    /**
     * A restore of the same backup was interrupted after its data was complete: the rest is done.
     */
    FINISH
  }

  public DatabasePlan {
    sessions = List.copyOf(sessions);
    warnings = List.copyOf(warnings);
  }
}
