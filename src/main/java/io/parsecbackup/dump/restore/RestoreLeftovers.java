package io.parsecbackup.dump.restore;

import io.parsecbackup.postgres.ServerSession;
import io.parsecbackup.postgres.connection.DatabaseUri;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The new databases beside a target that interrupted restores left behind. Both the name and the
 * mark must match: a database with only a mark may have been in use since.
 *
 * @param backup the backup to restore now; its new database may exist without a mark
 */
record RestoreLeftovers(DatabaseUri target, String backup) {

  /** The leftovers with a mark. */
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

  /** Drops all of them, each as a step. Reopens the target first if it was closed for one. */
  void drop(ServerSession session, RestoreSteps steps) {
    for (DatabaseRow row : DatabaseRow.all(session)) {
      if (isLeft(session, row.name())) {
        new DatabaseSwap(session, steps, target.database(), row.name()).undo();
        steps.run("drop", () -> drop(session, row.name()));
      }
    }
  }

  /** Drops a database if it is one of them. */
  void drop(ServerSession session, String name) {
    if (isLeft(session, name)) {
      DatabaseDdl.drop(session, name);
    }
  }

  /** Reads the list again, because it may have changed. */
  private boolean isLeft(ServerSession session, String name) {
    List<DatabaseRow> all = DatabaseRow.all(session);
    Optional<DatabaseRow> row = all.stream().filter(r -> r.name().equals(name)).findFirst();
    return row.isPresent() && (marked(all).contains(row.get()) || isBegun(session, row.get()));
  }

  /** An empty database with such a name and without a mark: left by a crash before the mark. */
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
