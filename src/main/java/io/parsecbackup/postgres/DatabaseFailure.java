package io.parsecbackup.postgres;

import io.parsecbackup.Problem;
import io.parsecbackup.postgres.connection.DatabaseUri;
import java.net.SocketTimeoutException;
import java.sql.SQLException;
import java.util.Locale;

/**
 * What a failed connection or query means to an operator, by SQLSTATE
 * (https://www.postgresql.org/docs/current/errcodes-appendix.html).
 */
public final class DatabaseFailure {

  /** What a standby says that ends a query because it has to replay what the query would miss. */
  public static final String RECOVERY_CONFLICT = "conflict with recovery";

  public static final String RECOVERY_ADVICE =
      "The standby had to end the backup's session, because replaying changes of its primary came"
          + " first. Set there hot_standby_feedback = on, raise max_standby_streaming_delay, or back"
          + " up from the primary";

  private DatabaseFailure() {}

  public static Problem of(SQLException failure, DatabaseUri uri) {
    return of(failure, uri, "PARSEC_DB");
  }

  /**
   * As {@link #of(SQLException, DatabaseUri)}.
   *
   * @param setting where the operator finds host, user and password, in words
   */
  static Problem of(SQLException failure, DatabaseUri uri, String setting) {
    String state = failure.getSQLState() == null ? "" : failure.getSQLState();
    String said = String.valueOf(failure.getMessage());
    String meaning =
        lacksPassword(state, said, uri)
            ? "The database asks for a password, and none is set. Put it into PARSEC_DB, "
                + (uri.isTarget()
                    ? "or name a password file there with ?passfile=/path: PGPASSWORD and ~/.pgpass"
                        + " are for the source alone"
                    : "PGPASSWORD or a password file")
            : meaning(state, said, failure, uri);
    String end = meaning.endsWith("?") ? "" : ".";
    // Without the exception as its cause: a log would print that too, and drivers are talkative.
    return new Problem(
        Problem.Kind.DATABASE,
        meaning.replace("PARSEC_DB", setting)
            + end
            + " ("
            + uri
            + ": "
            + detail(failure, uri)
            + ")");
  }

  /**
   * The driver itself refuses to log in without one, by a state that it also has for a server
   * without TLS.
   */
  private static boolean lacksPassword(String state, String said, DatabaseUri uri) {
    boolean asked =
        state.equals("28P01")
            || (state.equals("08004") && said.toLowerCase(Locale.ROOT).contains("pass"));
    return asked && !uri.hasPassword();
  }

  private static String meaning(String state, String said, SQLException failure, DatabaseUri uri) {
    if (PoolerCheck.refusedLogin(failure)) {
      return PoolerCheck.MEANING;
    }
    if (failure.getCause() instanceof SocketTimeoutException && state.equals("08006")) {
      return "The database took the connection and then stopped answering. Look at its log, at"
          + " pg_stat_activity, and at what stands before it";
    }
    if (said.contains(RECOVERY_CONFLICT)) {
      return RECOVERY_ADVICE;
    }
    return switch (state) {
      case "28P01", "28000" ->
          "The database refused the login. Check user and password in PARSEC_DB, and the"
              + " server's pg_hba.conf";
      case "3D000" -> "There is no such database. Check the name at the end of PARSEC_DB";
      case "53300" ->
          "The database has no connection left. Raise max_connections there, or end idle"
              + " sessions";
      case "57P03" -> "The database is starting or stopping. Try again when it is up";
      case "42501" ->
          "The role may not read what a backup needs. Run there: GRANT pg_read_all_data TO "
              + quoted(uri.user());
      case "42704", "22023", "55P02" ->
          "The database refused a setting. Correct the parameter of PARSEC_DB that it names; the"
              + " Parsec server needs the same";
      case "57014" ->
          "The database took too long over a query of a few rows. Look at pg_stat_activity for"
              + " what holds it up, and at the load of its machine";
      case "55P03" ->
          "Another session holds a table locked for too long. Does `parsec migrate` run? Try"
              + " again when it is done, or raise parsec.backup.dump.lock-wait-timeout";
      case "08001", "08004", "08006" -> unreachable(said);
      // What reads only, fails to serialize on a standby alone.
      case "40001" -> RECOVERY_ADVICE;
      case "57P01", "57P02", "08003", "08007" ->
          "The database ended the connection. Was it stopped, or the session terminated?";
      default ->
          said.startsWith("Acquisition timeout")
              ? "The database takes connections but does not answer. Check host and port in"
                  + " PARSEC_DB, what stands before the server, and how busy it is"
              : "The database failed";
    };
  }

  public static String quoted(String role) {
    return '"' + role.replace("\"", "\"\"") + '"';
  }

  /** The driver's words and its cause's, which names the host that is unknown or refuses. */
  private static String detail(SQLException failure, DatabaseUri uri) {
    String text = String.valueOf(failure.getMessage());
    Throwable cause = failure.getCause();
    if (cause != null && cause.getMessage() != null && !text.contains(cause.getMessage())) {
      text += ": " + cause.getMessage();
    }
    String password = uri.password().filter(p -> !p.isEmpty()).orElse(null);
    return (password == null ? text : text.replace(password, "***"))
        .strip()
        .replaceAll("\\s*\\R\\s*", " ");
  }

  private static String unreachable(String said) {
    if (said.contains("targetServerType")) {
      return "None of the servers is of the kind that target_session_attrs in PARSEC_DB asks for."
          + " Name one that is, or take that out";
    }
    if (said.contains("SSL")) {
      return "The database cannot be reached by TLS as PARSEC_DB asks for it. Check sslmode,"
          + " sslrootcert and sslcert there, and the server's certificate";
    }
    return "The database cannot be reached. Check host and port in PARSEC_DB, the network, and"
        + " whether the server runs";
  }
}
