package io.parsecbackup.dump.restore;

import io.parsecbackup.postgres.ServerConnection;
import io.parsecbackup.postgres.connection.LibpqTarget;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** The session in which pg_restore or psql fills a database. */
final class FillSession {

  /** Since this version pg_dump and pg_restore write {@code SET transaction_timeout}. */
  static final int TRANSACTION_TIMEOUT_SINCE = 17;

  private static final int IDLE_SESSION_TIMEOUT_SINCE = 14;

  private FillSession() {}

  /**
   * Overrides settings of a role, a database or the server that would end or change a restore.
   * pg_dump's script sets some of them to 0, but only after its first statement.
   *
   * @param serverMajor of the target server
   */
  static String options(int serverMajor) {
    List<String> settings =
        new ArrayList<>(
            List.of(
                "default_transaction_read_only=off",
                "default_transaction_isolation=read\\ committed",
                "statement_timeout=0",
                "lock_timeout=0",
                "idle_in_transaction_session_timeout=0",
                "array_nulls=on"));
    if (serverMajor >= IDLE_SESSION_TIMEOUT_SINCE) {
      settings.add("idle_session_timeout=0");
    }
    if (serverMajor >= TRANSACTION_TIMEOUT_SINCE) {
      settings.add("transaction_timeout=0");
    }
    return settings.stream().map(setting -> "-c " + setting).collect(Collectors.joining(" "));
  }

  /** Defaults that the URI overrides, and the application name. */
  static Map<String, String> environment(LibpqTarget target) {
    Map<String, String> environment = new TreeMap<>(target.environment());
    environment.putIfAbsent("PGCONNECT_TIMEOUT", "30");
    environment.put("PGAPPNAME", ServerConnection.APPLICATION);
    return environment;
  }
}
