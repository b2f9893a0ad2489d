package io.parsecbackup.dump.restore;

import io.parsecbackup.postgres.ServerSession;
import java.util.List;
import java.util.Optional;

/**
 * A database in {@code pg_database}.
 *
 * @param open whether it accepts connections
 * @param broken whether a DROP DATABASE of it was interrupted
 */
record DatabaseRow(
    String name,
    long oid,
    boolean open,
    boolean template,
    boolean broken,
    Optional<String> comment) {

  Optional<RestoreMark> mark() {
    return RestoreMark.parse(comment);
  }

  static List<DatabaseRow> all(ServerSession session) {
    return session.query(
        """
        SELECT datname, oid::bigint, datallowconn, datistemplate,
               datconnlimit = -2, shobj_description(oid, 'pg_database')
        FROM pg_database ORDER BY datname
        """,
        row ->
            new DatabaseRow(
                row.getString(1),
                row.getLong(2),
                row.getBoolean(3),
                row.getBoolean(4),
                row.getBoolean(5),
                Optional.ofNullable(row.getString(6))));
  }

  static Optional<DatabaseRow> find(ServerSession session, String name) {
    return all(session).stream().filter(row -> row.name().equals(name)).findFirst();
  }
}
