package io.parsecbackup.dump.restore;

import io.parsecbackup.dump.archive.DumpFacts;
import io.parsecbackup.postgres.connection.DatabaseUri;
import java.util.List;
import java.util.Optional;

/**
 * What a restore would do. Nothing is done yet.
 *
 * @param replace whether a database that is not empty may be replaced
 * @param serverVersion of the target, such as {@code 16.10}
 * @param holds the target's current contents, in words; empty if it is empty or new
 * @param sessions the open sessions in the target, in words; a swap ends them
 * @param keptAs the new name of the old database, if one is replaced
 * @param exclusions the parts of the dump that are left out; a warning says why
 */
public record DatabasePlan(
    DumpSource dump,
    DatabaseUri target,
    boolean replace,
    DumpFacts facts,
    Action action,
    String serverVersion,
    List<String> holds,
    List<String> sessions,
    Optional<String> keptAs,
    RestoreExclusions exclusions,
    List<String> warnings) {

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
    holds = List.copyOf(holds);
    sessions = List.copyOf(sessions);
    warnings = List.copyOf(warnings);
  }
}
