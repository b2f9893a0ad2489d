package io.parsecbackup.dump;

import io.agroal.api.configuration.supplier.AgroalDataSourceConfigurationSupplier;
import io.agroal.api.security.NamePrincipal;
import io.agroal.api.security.SimplePassword;
import io.agroal.pool.DataSource;
import io.parsecbackup.Cancellation;
import io.parsecbackup.Problem;
import io.parsecbackup.postgres.DatabaseFailure;
import io.parsecbackup.postgres.PoolerCheck;
import io.parsecbackup.postgres.connection.DatabaseUri;
import io.parsecbackup.postgres.connection.JdbcTarget;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import org.jboss.logging.Logger;
import org.postgresql.Driver;
import org.postgresql.jdbc.PgConnection;

/**
 * A connection to the source database, and a second one on request. A cancellation closes it, which
 * also ends a query that is waiting for the server's answer.
 */
final class SourceConnection implements AutoCloseable {

  private static final Logger LOG = Logger.getLogger(SourceConnection.class);

  /** The longest wait for a silent server at the end; the server ends such a session by itself. */
  private static final Duration LONGEST_CLOSE = Duration.ofSeconds(5);

  /**
   * How long a session waits.
   *
   * @param lockWait for a locked table
   * @param answer for the answer to one query; empty for no limit
   */
  record Limits(Duration lockWait, Optional<Duration> answer) {

    /** The server's own timeout is shorter, because it produces a better message. */
    private static final Duration GRACE = Duration.ofSeconds(3);

    private String statementTimeout() {
      return answer.map(limit -> limit.toMillis() + "ms").orElse("0");
    }

    private int networkTimeout() {
      return answer.map(limit -> (int) limit.plus(GRACE).toMillis()).orElse(0);
    }
  }

  private final DatabaseUri uri;
  private final DataSource pool;
  private final Connection connection;
  private final Cancellation cancellation;
  private final Cancellation.Hook abortion;

  private SourceConnection(
      DatabaseUri uri, DataSource pool, Connection connection, Cancellation cancellation) {
    this.uri = uri;
    this.pool = pool;
    this.connection = connection;
    this.cancellation = cancellation;
    this.abortion = cancellation.onCancel(() -> abort(connection));
  }

  /**
   * Connects and sets the session's timeouts.
   *
   * @throws Problem of kind DATABASE if the server cannot be reached or refuses; of kind CANCELLED
   */
  static SourceConnection open(DatabaseUri uri, Limits limits, Cancellation cancellation) {
    cancellation.throwIfCancelled();
    DataSource pool = new DataSource(configuration(uri.jdbc()).get());
    SourceConnection source;
    try {
      source = new SourceConnection(uri, pool, connect(pool, cancellation), cancellation);
    } catch (SQLException e) {
      pool.close();
      cancellation.throwIfCancelled();
      throw DatabaseFailure.of(e, uri);
    } catch (RuntimeException e) {
      pool.close();
      throw e;
    }
    try {
      source.prepare(limits);
      return source;
    } catch (SQLException e) {
      source.close();
      throw source.meaning(e);
    } catch (RuntimeException e) {
      source.close();
      throw e;
    }
  }

  /** Waits for the connection, which the pool makes in its own thread. */
  private static Connection connect(DataSource pool, Cancellation cancellation)
      throws SQLException {
    Thread waiting = Thread.currentThread();
    Cancellation.Hook hook = cancellation.onCancel(waiting::interrupt);
    try (hook) {
      return pool.getConnection();
    } finally {
      if (cancellation.isCancelled()) {
        // The interrupt was only meant for this wait.
        var unused = Thread.interrupted();
      }
    }
  }

  private void prepare(Limits limits) throws SQLException {
    connection.setNetworkTimeout(Runnable::run, limits.networkTimeout());
    PoolerCheck.require(connection, uri);
    try (Statement statement = connection.createStatement()) {
      // By name if it exists, because transaction_timeout is new in 17. Each of these timeouts
      // would end the snapshot while pg_dump uses it.
      statement.execute(
          "SELECT count(set_config(name, '0', false)) FROM pg_settings WHERE name IN"
              + " ('statement_timeout', 'idle_in_transaction_session_timeout',"
              + " 'idle_session_timeout', 'transaction_timeout')");
      statement.execute(
          "SELECT set_config('lock_timeout', '%dms', false), set_config('statement_timeout', '%s', false)"
              .formatted(limits.lockWait().toMillis(), limits.statementTimeout()));
    }
  }

  /**
   * Closes the socket, which ends a read that is waiting for the server's answer. Uses the driver's
   * connection, because the pool's wrapper aborts a connection that is already closed (Agroal 2.x).
   */
  private static void abort(Connection connection) {
    try {
      connection.unwrap(PgConnection.class).abort(Runnable::run);
    } catch (SQLException e) {
      LOG.debugf("The connection had already ended: %s", e.getMessage());
    }
  }

  private static AgroalDataSourceConfigurationSupplier configuration(JdbcTarget target) {
    Properties properties = new Properties();
    // The connection is idle while pg_dump runs, and firewalls drop idle connections.
    properties.setProperty("tcpKeepAlive", "true");
    properties.setProperty(PoolerCheck.NO_SET_AT_LOGIN, PoolerCheck.OLDEST_SERVER);
    properties.putAll(target.properties());
    String user = properties.getProperty("user", "");
    Optional<String> password = Optional.ofNullable(properties.getProperty("password"));
    properties.keySet().removeAll(List.of("user", "password"));
    return new AgroalDataSourceConfigurationSupplier()
        .connectionPoolConfiguration(pool ->
            pool.initialSize(0)
                .minSize(0)
                .maxSize(2)
                .acquisitionTimeout(Duration.ofMinutes(1))
                .connectionFactoryConfiguration(factory -> {
                  factory
                      .connectionProviderClass(Driver.class)
                      .jdbcUrl(target.url())
                      .principal(new NamePrincipal(user));
                  properties
                      .stringPropertyNames()
                      .forEach(n -> factory.jdbcProperty(n, properties.getProperty(n)));
                  // An empty password, because without a password the driver searches its own
                  // files.
                  factory.credential(new SimplePassword(password.orElse("")));
                  return factory;
                }));
  }

  DatabaseUri uri() {
    return uri;
  }

  Connection connection() {
    return connection;
  }

  /** A second connection, to find out what blocks the first; the caller closes it. */
  Connection second() throws SQLException {
    return pool.getConnection();
  }

  /**
   * The error for a failed query.
   *
   * @throws Problem of kind CANCELLED if a cancellation made the query fail
   */
  Problem meaning(SQLException failure) {
    cancellation.throwIfCancelled();
    return DatabaseFailure.of(failure, uri);
  }

  /** Closes both connections within seconds, even if the server is silent. Does not fail. */
  @Override
  public void close() {
    try (pool;
        connection;
        abortion) {
      if (!cancellation.isCancelled() && !connection.getAutoCommit()) {
        connection.setNetworkTimeout(Runnable::run, (int) LONGEST_CLOSE.toMillis());
        connection.rollback();
      }
    } catch (SQLException e) {
      LOG.debugf("The session at %s had already ended: %s", uri, e.getMessage());
    }
  }
}
