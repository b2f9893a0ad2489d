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

/** Opens the connections of a restore, without a pool: they are few and short. */
public final class ServerConnection {

  private static final Logger LOG = Logger.getLogger(ServerConnection.class);

  /** The application name of every connection of a restore, also of PostgreSQL's programs. */
  public static final String APPLICATION = "parsec-backup restore";

  /**
   * Changes only settings that the server has. These sessions are idle for a long time. With the
   * last setting, the server ends a query of a killed program if its platform can detect that.
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

  /** Connects. Throws a Problem of kind CANCELLED after a cancellation. */
  static Connection open(DatabaseUri uri, Cancellation cancellation) throws SQLException {
    cancellation.throwIfCancelled();
    JdbcTarget target = uri.jdbc();
    Properties properties = new Properties();
    properties.setProperty("tcpKeepAlive", "true");
    properties.setProperty("loginTimeout", "30");
    properties.setProperty(PoolerCheck.NO_SET_AT_LOGIN, PoolerCheck.OLDEST_SERVER);
    properties.setProperty("ApplicationName", APPLICATION);
    // Empty by default, because without a password the driver searches its own files.
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

  /** In a separate thread, which is abandoned on cancellation: a connect cannot be interrupted. */
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
      throw Problem.interrupted(e);
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
      LOG.debugf("The connection had already ended: %s", e.getMessage());
    }
  }
}
