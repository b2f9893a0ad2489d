package io.parsecbackup.postgres;

import io.parsecbackup.Problem;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;

/** Ends the sessions of all clients in a database. */
public final class SessionEnd {

  private static final Duration PAUSE = Duration.ofMillis(50);

  /** How long to wait for a session that this role may not end: it may end by itself. */
  private static final Duration PATIENCE_IF_REFUSED = Duration.ofSeconds(5);

  private SessionEnd() {}

  /** The sessions of clients in a database, in words, without those of a restore. */
  public static List<String> sessions(ServerSession session, long oid) {
    return session.query(
        """
        SELECT 'session ' || pid || coalesce(' of ' || usename, '')
               || coalesce(', ' || nullif(application_name, ''), '')
               || coalesce(', from ' || host(client_addr), '')
        FROM pg_stat_activity
        WHERE datid = %d AND coalesce(backend_type, 'client backend') = 'client backend'
          AND pid <> pg_backend_pid() AND application_name <> '%s'
        ORDER BY pid
        """
            .formatted(oid, ServerConnection.APPLICATION),
        row -> row.getString(1));
  }

  /** The sessions in a database that this role may not end, in words. */
  public static List<String> notTerminable(ServerSession session, long oid) {
    return session.query(
        """
        SELECT 'session ' || a.pid || ' of ' || r.rolname
        FROM pg_stat_activity a JOIN pg_roles r ON r.oid = a.usesysid
        WHERE a.datid = %d AND a.pid <> pg_backend_pid()
          AND NOT (SELECT rolsuper FROM pg_roles WHERE rolname = current_user)
          AND (r.rolsuper
               OR NOT (pg_has_role(r.oid, 'USAGE') OR pg_has_role('pg_signal_backend', 'USAGE')))
        ORDER BY a.pid
        """
            .formatted(oid),
        row -> row.getString(1));
  }

  /** Ends the sessions that an interrupted restore may have left in this database. */
  public static void ofRestores(ServerSession session, String database, Duration limit) {
    end(
        session,
        "datname = %s AND application_name = '%s'"
            .formatted(Sql.literal(database), ServerConnection.APPLICATION),
        limit);
  }

  /**
   * Ends all sessions in these databases, parallel workers too, and waits until none remains.
   *
   * @throws Problem of kind DATABASE that names the sessions that remain
   */
  public static void all(ServerSession session, List<String> databases, Duration limit) {
    String names = databases.stream().map(Sql::literal).collect(Collectors.joining(", "));
    List<String> prepared =
        session.query(
            "SELECT gid FROM pg_prepared_xacts WHERE database IN (" + names + ")",
            row -> row.getString(1));
    if (!prepared.isEmpty()) {
      throw new Problem(
          Problem.Kind.DATABASE,
          "Prepared transactions hold the database: %s. Commit them or roll them back."
              .formatted(String.join(", ", prepared)));
    }
    end(session, "datname IN (" + names + ")", limit);
  }

  private record Backend(int pid, String words) {}

  private static void end(ServerSession session, String which, Duration limit) {
    long start = System.nanoTime();
    long patience = limit.toNanos();
    while (true) {
      List<Backend> left =
          session.query(
              "SELECT pid, coalesce(usename, backend_type, 'unknown') FROM pg_stat_activity WHERE"
                  + " pid <> pg_backend_pid() AND "
                  + which,
              row -> new Backend(row.getInt(1), row.getString(2)));
      if (left.isEmpty()) {
        return;
      }
      if (System.nanoTime() - start > patience) {
        throw new Problem(
            Problem.Kind.DATABASE,
            "Sessions in the database could not be ended: %s. The database is unchanged, and the restored one is ready beside it: end the sessions, or use a superuser or a role with pg_signal_backend, then run the same command again, which then only swaps the names."
                .formatted(
                    left.stream()
                        .map(b -> b.pid() + " of " + b.words())
                        .collect(Collectors.joining(", "))));
      }
      for (Backend backend : left) {
        if (session.tryExecute("SELECT pg_terminate_backend(" + backend.pid() + ")").isPresent()) {
          patience = Math.min(patience, PATIENCE_IF_REFUSED.toNanos());
        }
      }
      session.pause(PAUSE);
    }
  }
}
