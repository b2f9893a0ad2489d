package io.parsecbackup.postgres;

import io.parsecbackup.Cancellation;
import io.parsecbackup.Problem;
import io.parsecbackup.postgres.connection.DatabaseUri;
import io.parsecbackup.postgres.connection.JdbcTarget;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.jboss.logging.Logger;
import org.postgresql.Driver;

/** Makes the connections of a restore: without a pool, for few are made and none is kept. */
public final class ServerConnection {

  private static final Logger LOG = Logger.getLogger(ServerConnection.class);

  /** The application name of every connection of a restore, ours and those of the tools. */
  public static final String APPLICATION = "parsec-backup restore";

  /**
   * By name where it exists. Ours are long silences; and who kills us ends what we asked for, where
   * the server's platform can tell.
   */
  private static final List<String> SETTINGS =
      List.of(
          "SELECT count(set_config(name, '0', false)) FROM pg_settings WHERE name IN"
              + " ('statement_timeout', 'idle_in_transaction_session_timeout',"
              + " 'idle_session_timeout', 'transaction_timeout', 'lock_timeout',"
              + " 'default_transaction_read_only')",
          "SELECT count(set_config(name, '1s', false)) FROM pg_settings WHERE name ="
              + " 'client_connection_check_interval' AND version() LIKE '%linux%'");

  private ServerConnection() {}

  /** Connects; a Problem of kind CANCELLED once that is asked for. */
  static Connection open(DatabaseUri uri, Cancellation cancellation) throws SQLException {
    cancellation.throwIfCancelled();
    JdbcTarget target = uri.jdbc();
    Properties properties = new Properties();
    properties.setProperty("tcpKeepAlive", "true");
    properties.setProperty("loginTimeout", "30");
    properties.setProperty(PoolerCheck.NO_SET_AT_LOGIN, PoolerCheck.OLDEST_SERVER);
    properties.setProperty("ApplicationName", APPLICATION);
    // Empty where there is none: else the driver looks for one in files by rules of its own.
    properties.setProperty("password", "");
    properties.putAll(target.properties());
    Connection connection = connection(target.url(), properties, cancellation);
    try {
      PoolerCheck.require(connection, uri);
      for (String settings : SETTINGS) {
        try (Statement statement = connection.createStatement()) {
          statement.execute(settings);
        }
      }
      return connection;
    } catch (SQLException | Problem e) {
      abort(connection);
      throw e;
    }
  }

  /** In a thread of its own, which is left to itself when cancelled: a connect cannot be ended. */
  private static Connection connection(String url, Properties properties, Cancellation cancellation)
      throws SQLException {
    CompletableFuture<Connection> made = new CompletableFuture<>();
    Thread.ofPlatform()
        .daemon()
        .name("connect")
        .start(() -> {
          try {
            Connection connection = new Driver().connect(url, properties);
            if (connection != null && !made.complete(connection)) {
              abort(connection);
            }
          } catch (SQLException | RuntimeException e) {
            made.completeExceptionally(e);
          }
        });
    try (Cancellation.Hook _ = cancellation.onCancel(() -> made.cancel(false))) {
      return made.get();
    } catch (CancellationException e) {
      cancellation.throwIfCancelled();
      throw e;
    } catch (InterruptedException e) {
      made.cancel(false);
      Thread.currentThread().interrupt();
      throw new Problem(Problem.Kind.CANCELLED, "The thread was interrupted", e);
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case SQLException sql -> throw sql;
        case RuntimeException unchecked -> throw unchecked;
        case null, default -> throw new IllegalStateException(e);
      }
    }
  }

  static void abort(Connection connection) {
    try {
      connection.abort(Runnable::run);
    } catch (SQLException e) {
      LOG.debugf("The connection had ended before: %s", e.getMessage());
    }
  }
}
