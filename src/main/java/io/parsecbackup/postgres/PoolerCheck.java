package io.parsecbackup.postgres;

import io.parsecbackup.Problem;
import io.parsecbackup.postgres.connection.DatabaseUri;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.postgresql.PGConnection;

/**
 * Checks that a connection reaches the server itself and not a pooler. A pooler such as PgBouncer
 * gives its clients its own process id and cancel key, and in transaction mode another session of
 * the server for each transaction: the settings of a backup would leak to other clients. The driver
 * must not send a {@code SET} before this check, see {@link #NO_SET_AT_LOGIN}.
 */
public final class PoolerCheck {

  /**
   * A property of the JDBC driver. With a value of at least 9.0 it sends its settings with the
   * login, where a pooler keeps them per client, instead of as statements after the login.
   */
  public static final String NO_SET_AT_LOGIN = "assumeMinServerVersion";

  public static final String OLDEST_SERVER = "9.0";

  /** PgBouncer's message for a login with a setting that it does not know. */
  private static final String REFUSED_LOGIN = "unsupported startup parameter";

  /** Follows the name of the setting. */
  static final String MEANING =
      " leads to a connection pooler, such as PgBouncer, which would pass the backup's settings and"
          + " snapshot on to other clients. Name the PostgreSQL server itself, with its host and port";

  private static final int STATEMENTS = 3;

  private PoolerCheck() {}

  /** Whether a pooler refused a login because of its settings. */
  static boolean refusedLogin(SQLException failure) {
    return String.valueOf(failure.getMessage()).contains(REFUSED_LOGIN);
  }

  /**
   * Throws if there is a pooler between this program and the server. Call it in auto-commit mode,
   * because each statement must be a separate transaction.
   *
   * @throws Problem of kind DATABASE if there is a pooler
   */
  public static void require(Connection connection, DatabaseUri uri) throws SQLException {
    int announced = connection.unwrap(PGConnection.class).getBackendPID();
    try (Statement statement = connection.createStatement()) {
      for (int i = 0; i < STATEMENTS; i++) {
        try (ResultSet row = statement.executeQuery("SELECT pg_backend_pid()")) {
          row.next();
          if (row.getInt(1) != announced) {
            throw new Problem(Problem.Kind.DATABASE, uri.setting() + MEANING + ". (" + uri + ")");
          }
        }
      }
    }
  }
}
