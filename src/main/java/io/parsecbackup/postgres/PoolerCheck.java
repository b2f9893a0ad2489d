package io.parsecbackup.postgres;

import io.parsecbackup.Problem;
import io.parsecbackup.postgres.connection.DatabaseUri;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.postgresql.PGConnection;

/**
 * Whether a connection is one of the server's own. A pooler such as PgBouncer gives its clients a
 * process id and a cancel key of its own, and in its transaction mode another session of the server
 * for each transaction: what a backup sets there would reach other clients. The driver must not
 * have sent a {@code SET} before (its property {@link #NO_SET_AT_LOGIN}).
 */
public final class PoolerCheck {

  /**
   * A property of the JDBC driver: with at least 9.0 it sends its settings with the login, where a
   * pooler keeps them apart for each client, and not as statements after it.
   */
  public static final String NO_SET_AT_LOGIN = "assumeMinServerVersion";

  public static final String OLDEST_SERVER = "9.0";

  /** How PgBouncer refuses a login with a setting that it does not know. */
  private static final String REFUSED_LOGIN = "unsupported startup parameter";

  static final String MEANING =
      "PARSEC_DB leads to a connection pooler, such as PgBouncer. It shares the server's sessions"
          + " among its clients, so a backup's settings and snapshot could reach the Parsec server."
          + " Name the PostgreSQL server itself, its own host and port";

  private static final int STATEMENTS = 3;

  private PoolerCheck() {}

  /** Whether a login failed because a pooler does not take what it came with. */
  static boolean refusedLogin(SQLException failure) {
    return String.valueOf(failure.getMessage()).contains(REFUSED_LOGIN);
  }

  /**
   * Does nothing for a session of the server itself. Each statement is a transaction of its own.
   *
   * @param setting where the operator finds host and port, in words
   * @throws Problem of kind DATABASE if a pooler is in between
   */
  public static void require(Connection connection, DatabaseUri uri, String setting)
      throws SQLException {
    int told = connection.unwrap(PGConnection.class).getBackendPID();
    try (Statement statement = connection.createStatement()) {
      for (int i = 0; i < STATEMENTS; i++) {
        try (ResultSet row = statement.executeQuery("SELECT pg_backend_pid()")) {
          row.next();
          if (row.getInt(1) != told) {
            throw new Problem(
                Problem.Kind.DATABASE, MEANING.replace("PARSEC_DB", setting) + ". (" + uri + ")");
          }
        }
      }
    }
  }
}
