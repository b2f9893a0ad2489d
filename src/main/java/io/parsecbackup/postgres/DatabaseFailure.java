package io.parsecbackup.postgres;

import io.parsecbackup.Problem;
import io.parsecbackup.postgres.connection.DatabaseUri;
import java.net.SocketTimeoutException;
import java.sql.SQLException;
import java.util.Locale;

/**
 * Explains a failed connection or query to an operator, by SQLSTATE
 * (https://www.postgresql.org/docs/current/errcodes-appendix.html).
 */
public final class DatabaseFailure {

  /** In a standby's message when it cancels a query in order to replay changes. */
  public static final String RECOVERY_CONFLICT = "conflict with recovery";

  public static final String RECOVERY_ADVICE =
      "The standby ended the backup's session in order to replay changes of its primary. Set"
          + " hot_standby_feedback = on there, raise max_standby_streaming_delay, or back up from"
          + " the primary";

  private DatabaseFailure() {}

  /** The error for an operator. It names the setting that holds {@code uri}, and no password. */
  public static Problem of(SQLException failure, DatabaseUri uri) {
    String meaning = meaning(failure, uri);
    String end = meaning.endsWith("?") ? "" : ".";
    // No cause: a log would print its message too, and the driver's messages may hold secrets.
    return new Problem(
        Problem.Kind.DATABASE, meaning + end + " (" + uri + ": " + detail(failure, uri) + ")");
  }

  /** The driver uses this state for a missing password and for a server without TLS. */
  private static boolean isPasswordMissing(String state, String message, DatabaseUri uri) {
    boolean asked =
        state.equals("28P01")
            || (state.equals("08004") && message.toLowerCase(Locale.ROOT).contains("pass"));
    return asked && !uri.hasPassword();
  }

  private static String meaning(SQLException failure, DatabaseUri uri) {
    String state = failure.getSQLState() == null ? "" : failure.getSQLState();
    String message = String.valueOf(failure.getMessage());
    String setting = uri.setting();
    if (isPasswordMissing(state, message, uri)) {
      return uri.isTarget()
          ? "The database asks for a password, and none is set. Add it to "
              + setting
              + ", or name a password file there with ?passfile=/path: PGPASSWORD and ~/.pgpass are"
              + " only used for the source"
          : "The database asks for a password, and none is set. Set it in "
              + setting
              + ", PGPASSWORD or a password file";
    }
    if (PoolerCheck.refusedLogin(failure)) {
      return setting + PoolerCheck.MEANING;
    }
    if (failure.getCause() instanceof SocketTimeoutException && state.equals("08006")) {
      return "The database accepted the connection and then stopped answering. Check its log,"
          + " pg_stat_activity, and any proxy in front of it";
    }
    if (message.contains(RECOVERY_CONFLICT)) {
      return RECOVERY_ADVICE;
    }
    return switch (state) {
      case "28P01", "28000" ->
          "The database refused the login. Check user and password in "
              + setting
              + ", and pg_hba.conf on the server";
      case "3D000" -> "The database does not exist. Check the name at the end of " + setting;
      case "53300" ->
          "The database has no connection left. Raise max_connections there, or end idle sessions";
      case "57P03" -> "The database is starting or stopping. Try again when it is up";
      case "42501" ->
          "The role may not read everything that a backup needs. Run there: GRANT"
              + " pg_read_all_data TO "
              + quoted(uri.user());
      case "42704", "22023", "55P02" ->
          "The database refused a setting. Correct the parameter in "
              + setting
              + " that it names; the Parsec server needs the same correction";
      case "57014" ->
          "The database took too long for a query of a few rows. Check pg_stat_activity for locks,"
              + " and the load of its machine";
      case "55P03" ->
          "Another session locks a table for too long. If `parsec migrate` is running, try again"
              + " when it is done, or raise parsec.backup.dump.lock-wait-timeout";
      case "08001", "08004", "08006" -> unreachable(message, setting);
      // A session that only reads can fail to serialize on a standby only.
      case "40001" -> RECOVERY_ADVICE;
      case "57P01", "57P02", "08003", "08007" ->
          "The database ended the connection. Was it stopped, or the session terminated?";
      default ->
          message.startsWith("Acquisition timeout")
              ? "The database accepts connections but does not answer. Check host and port in "
                  + setting
                  + ", any proxy in front of the server, and its load"
              : "The database failed";
    };
  }

  public static String quoted(String role) {
    return '"' + role.replace("\"", "\"\"") + '"';
  }

  /**
   * The driver's message and that of its cause, which names an unknown host or one that refuses.
   */
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

  private static String unreachable(String message, String setting) {
    if (message.contains("targetServerType")) {
      return "None of the servers has the state that target_session_attrs in "
          + setting
          + " requires. Name a server in that state, or remove the parameter";
    }
    if (message.contains("SSL")) {
      return "The database cannot be reached by TLS as "
          + setting
          + " requires. Check sslmode, sslrootcert and sslcert there, and the server's certificate";
    }
    return "The database cannot be reached. Check host and port in "
        + setting
        + ", the network, and whether the server is running";
  }
}
