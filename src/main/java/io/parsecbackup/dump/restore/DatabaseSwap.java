package io.parsecbackup.dump.restore;

import io.parsecbackup.dump.restore.RestoreMark.Stage;
import io.parsecbackup.postgres.ServerSession;
import io.parsecbackup.postgres.SessionEnd;
import io.parsecbackup.postgres.Sql;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Gives a new database the name of an old one. Each step and the mark that records it are one
 * transaction, so that the next restore knows the state after a crash. Both names change in one
 * transaction; before that, both databases are closed and their sessions ended.
 */
final class DatabaseSwap {

  private static final Duration SESSIONS_END = Duration.ofSeconds(30);

  private final ServerSession session;
  private final RestoreSteps steps;
  private final String target;
  private final String made;

  DatabaseSwap(ServerSession session, RestoreSteps steps, String target, String made) {
    this.session = session;
    this.steps = steps;
    this.target = target;
    this.made = made;
  }

  /**
   * Swaps the names; {@link #finish} does the rest.
   *
   * @param mark the mark of the new database
   * @return its new mark
   */
  RestoreMark swap(RestoreMark mark, String kept) {
    steps.run(
        "close of the old database",
        () ->
            session.execute(
                accept(target, false), accept(made, false), mark.at(Stage.CLOSED).on(made)));
    steps.run(
        "end of sessions", () -> SessionEnd.all(session, List.of(target, made), SESSIONS_END));
    RestoreMark swapped = mark.swappedWith(kept);
    // A mark of a restore into the old database is no longer true.
    Optional<String> comment =
        RestoreMark.without(DatabaseRow.find(session, target).flatMap(DatabaseRow::comment));
    steps.run(
        "swap",
        () ->
            session.execute(
                RestoreMark.comment(target, comment),
                rename(target, kept),
                rename(made, target),
                accept(target, true),
                swapped.on(target)));
    return swapped;
  }

  /** Gives the new database the name of one that does not exist, and its final comment. */
  void rename(RestoreMark mark) {
    SessionEnd.all(session, List.of(made), SESSIONS_END);
    session.execute(rename(made, target), mark.off(target));
  }

  /** Reopens the old database and removes the marks, after the swap. */
  void finish(RestoreMark swapped) {
    List<String> statements = new ArrayList<>();
    swapped
        .kept()
        .flatMap(name -> DatabaseRow.find(session, name))
        .ifPresent(old -> {
          statements.add(accept(old.name(), true));
          // A mark that an earlier restore into the old database left there.
          statements.add(RestoreMark.comment(old.name(), RestoreMark.without(old.comment())));
        });
    statements.add(swapped.off(target));
    steps.run(
        "reopen of the old database", () -> session.execute(statements.toArray(String[]::new)));
  }

  /** Reopens the old database if the swap has closed it. */
  void undo() {
    Optional<RestoreMark> closed =
        DatabaseRow.find(session, made)
            .flatMap(DatabaseRow::mark)
            .filter(mark -> mark.stage() == Stage.CLOSED && mark.into().equals(target));
    closed.ifPresent(mark ->
        session.execute(accept(target, true), accept(made, true), mark.at(Stage.WHOLE).on(made)));
  }

  private static String accept(String database, boolean connections) {
    return "ALTER DATABASE " + Sql.name(database) + " ALLOW_CONNECTIONS " + connections;
  }

  private static String rename(String from, String to) {
    return "ALTER DATABASE " + Sql.name(from) + " RENAME TO " + Sql.name(to);
  }
}
