package io.parsecbackup.dump.restore;

import io.parsecbackup.postgres.ServerSession;
import io.parsecbackup.postgres.connection.DatabaseUri;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The new databases that restores into a target made beside it, and were cut off from. One counts
 * only if name and mark agree that it is such a one: a mark alone may have stayed on a database
 * that somebody has used since.
 *
 * @param backup the one that is restored now; a new database for it may be there without a mark
 */
record RestoreLeftovers(DatabaseUri target, String backup) {

  /** Those of these that bear a mark. */
  List<DatabaseRow> marked(List<DatabaseRow> all) {
    Set<String> kept =
        all.stream()
            .flatMap(row -> row.mark().flatMap(RestoreMark::kept).stream())
            .collect(Collectors.toSet());
    return all.stream()
        .filter(row -> !row.name().equals(target.database()) && !kept.contains(row.name()))
        .filter(row -> row.mark().filter(mark -> isOf(mark, row.name())).isPresent())
        .toList();
  }

  private boolean isOf(RestoreMark mark, String name) {
    return mark.into().equals(target.database())
        && mark.stage().beside()
        && name.equals(RestoreNames.made(target.database(), mark.backup()));
  }

  /** Drops all of them; tells of each. The target is opened first where it was closed for one. */
  void drop(ServerSession session, RestoreSteps steps) {
    for (DatabaseRow row : DatabaseRow.all(session)) {
      if (isLeft(session, row.name())) {
        new DatabaseSwap(session, steps, target.database(), row.name()).undo();
        steps.run("drop", () -> drop(session, row.name()));
      }
    }
  }

  /** Drops this one, unless it is none of them. */
  void drop(ServerSession session, String name) {
    if (isLeft(session, name)) {
      DatabaseMaker.drop(session, name);
    }
  }

  /** Looked at anew: what was seen a while ago may be another one's by now. */
  private boolean isLeft(ServerSession session, String name) {
    List<DatabaseRow> all = DatabaseRow.all(session);
    Optional<DatabaseRow> row = all.stream().filter(r -> r.name().equals(name)).findFirst();
    return row.isPresent() && (marked(all).contains(row.get()) || isBegun(session, row.get()));
  }

  /** Without a mark, an empty database of a new one's name is what a crash before it left. */
  boolean isBegun(ServerSession session, DatabaseRow row) {
    boolean named =
        RestoreNames.isMade(target.database(), row.name())
            || row.name().equals(RestoreNames.made(target.database(), backup));
    if (!named || !row.open() || row.comment().isPresent()) {
      return false;
    }
    try (ServerSession inside = session.in(target.withDatabase(row.name()))) {
      return DatabaseContents.of(inside).isEmpty();
    }
  }
}
