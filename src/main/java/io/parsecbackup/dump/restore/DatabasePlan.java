package io.parsecbackup.dump.restore;

import io.parsecbackup.dump.archive.DumpFacts;
import io.parsecbackup.postgres.connection.DatabaseUri;
import java.util.List;
import java.util.Optional;

/**
 * What putting a dump back would do; nothing of it is done yet.
 *
 * @param replace whether a database that holds something may be replaced
 * @param serverVersion of the target, such as {@code 16.10}
 * @param holds what is in the target now, in words, kind by kind; empty when it is empty or new
 * @param sessions that are open in the target, in words; a swap ends them
 * @param keptAs the name that the old database gets, when one is replaced
 * @param exclusions what of the dump does not go in; a warning says why
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

  /** The ways to put a dump back. */
  public enum Action {
    /** There is no such database: it is made. */
    CREATE,
    /** It is there and empty: it is filled. */
    FILL,
    /** It holds something: a new one takes its name, the old one is kept under another. */
    SWAP,
    /** A restore of the same backup was cut off when the data were in: the rest is done. */
    FINISH
  }

  public DatabasePlan {
    holds = List.copyOf(holds);
    sessions = List.copyOf(sessions);
    warnings = List.copyOf(warnings);
  }
}
