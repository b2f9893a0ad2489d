package io.parsecbackup.dump;

import io.agroal.api.configuration.supplier.AgroalDataSourceConfigurationSupplier;
import io.agroal.api.security.NamePrincipal;
import io.agroal.api.security.SimplePassword;
import io.agroal.pool.DataSource;
import io.parsecbackup.Cancellation;
import io.parsecbackup.Problem;
import io.parsecbackup.parsec.ParsecTables;
import io.parsecbackup.postgres.DatabaseFailure;
import io.parsecbackup.postgres.PoolerCheck;
import io.parsecbackup.postgres.Sql;
import io.parsecbackup.postgres.Standby;
import io.parsecbackup.postgres.connection.DatabaseUri;
import io.parsecbackup.postgres.connection.JdbcTarget;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Properties;
import org.jboss.logging.Logger;
import org.postgresql.Driver;
import org.postgresql.jdbc.PgConnection;

/**
 * One instant of the database, exported under a name that pg_dump may import. It lasts until {@link
 * #close}; what is read through {@link #connection} is of the same instant as the dump. Nothing is
 * held while none is open.
 */
public final class DatabaseSnapshot implements AutoCloseable {

  private static final Logger LOG = Logger.getLogger(DatabaseSnapshot.class);

  /** For a look at the database, in which nothing is dumped and few rows are read. */
  private static final Limits OF_A_LOOK =
      new Limits(Duration.ofSeconds(5), Optional.of(Duration.ofSeconds(30)));

  /**
   * How long a session waits.
   *
   * @param lockWait for a table that is locked
   * @param answer for the answer to one query, if not for ever
   */
  record Limits(Duration lockWait, Optional<Duration> answer) {

    /** What the server ends by itself, it can say; that it is silent shows a little later. */
    private static final Duration GRACE = Duration.ofSeconds(3);

    private String statementTimeout() {
      return answer.map(limit -> limit.toMillis() + "ms").orElse("0");
    }

    private int networkTimeout() {
      return answer.map(limit -> (int) limit.plus(GRACE).toMillis()).orElse(0);
    }
  }

  /** A server that has gone silent is not waited for at the end: it ends the session by itself. */
  private static final Duration LONGEST_CLOSE = Duration.ofSeconds(5);

  private final DatabaseUri uri;
  private final DataSource pool;
  private final Connection connection;
  private final String id;
  private final ServerFacts server;
  private final Cancellation cancellation;
  private final Cancellation.Hook abortion;

  private DatabaseSnapshot(
      DatabaseUri uri,
      DataSource pool,
      Connection connection,
      String id,
      ServerFacts server,
      Cancellation cancellation,
      Cancellation.Hook abortion) {
    this.uri = uri;
    this.pool = pool;
    this.connection = connection;
    this.id = id;
    this.server = server;
    this.cancellation = cancellation;
    this.abortion = abortion;
  }

  /**
   * Takes a snapshot for a short look at the database.
   *
   * @throws Problem as {@link #open(DatabaseUri, Duration, Cancellation)} does
   */
  public static DatabaseSnapshot open(DatabaseUri uri) {
    return open(uri, new Cancellation());
  }

  /**
   * Takes a snapshot for a short look at the database.
   *
   * @throws Problem as {@link #open(DatabaseUri, Duration, Cancellation)} does
   */
  public static DatabaseSnapshot open(DatabaseUri uri, Cancellation cancellation) {
    return open(uri, OF_A_LOOK, Optional.empty(), cancellation);
  }

  /**
   * Connects and takes the snapshot.
   *
   * @param lockWait how long any of its queries waits for a table that is locked
   * @param cancellation ends the connection, and with it a query that is going on
   * @throws Problem of kind DATABASE when the server is not reached or refuses; it says what to do
   *     and holds no password. Of kind CANCELLED when that was asked for meanwhile
   */
  public static DatabaseSnapshot open(
      DatabaseUri uri, Duration lockWait, Cancellation cancellation) {
    return open(uri, new Limits(lockWait, Optional.empty()), Optional.empty(), cancellation);
  }

  /**
   * Takes a snapshot of a database that was restored from a backup.
   *
   * @param schema the one that Parsec's tables were in, where the backup recorded it: what made the
   *     server find them there need not be part of a dump
   * @throws Problem as {@link #open(DatabaseUri, Duration, Cancellation)} does
   */
  public static DatabaseSnapshot restored(
      DatabaseUri uri, Optional<String> schema, Cancellation cancellation) {
    return open(uri, new Limits(OF_A_LOOK.lockWait(), Optional.empty()), schema, cancellation);
  }

  static DatabaseSnapshot open(
      DatabaseUri uri, Limits limits, Optional<String> schema, Cancellation cancellation) {
    cancellation.throwIfCancelled();
    DataSource pool = new DataSource(configuration(uri.jdbc()).get());
    Cancellation.Hook abortion = () -> {};
    try {
      Connection connection = connect(pool, cancellation);
      abortion = cancellation.onCancel(() -> abort(connection));
      return take(uri, pool, connection, limits, schema, cancellation, abortion);
    } catch (SQLException e) {
      abortion.close();
      pool.close();
      cancellation.throwIfCancelled();
      throw DatabaseFailure.of(e, uri);
    } catch (RuntimeException e) {
      abortion.close();
      pool.close();
      throw e;
    }
  }

  /** Waits for the connection, which the pool makes in a thread of its own. */
  private static Connection connect(DataSource pool, Cancellation cancellation)
      throws SQLException {
    Thread waiting = Thread.currentThread();
    Cancellation.Hook hook = cancellation.onCancel(waiting::interrupt);
    try (hook) {
      return pool.getConnection();
    } finally {
      if (cancellation.isCancelled()) {
        // Ours, and meant for this wait alone.
        var unused = Thread.interrupted();
      }
    }
  }

  /**
   * Closes the socket: a read that waits for the server's answer ends then. By the driver itself,
   * since the pool's wrapper aborts a connection that is closed already (Agroal 2.x).
   */
  private static void abort(Connection connection) {
    try {
      connection.unwrap(PgConnection.class).abort(Runnable::run);
    } catch (SQLException e) {
      LOG.debugf("The connection had ended before: %s", e.getMessage());
    }
  }

  private static AgroalDataSourceConfigurationSupplier configuration(JdbcTarget target) {
    Properties properties = new Properties();
    // Nothing passes while pg_dump works, and firewalls forget silent connections.
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
                  // Empty where there is none: else the driver looks for one in files by rules of
                  // its own.
                  factory.credential(new SimplePassword(password.orElse("")));
                  return factory;
                }));
  }

  private static DatabaseSnapshot take(
      DatabaseUri uri,
      DataSource pool,
      Connection connection,
      Limits limits,
      Optional<String> schema,
      Cancellation cancellation,
      Cancellation.Hook abortion)
      throws SQLException {
    connection.setNetworkTimeout(Runnable::run, limits.networkTimeout());
    PoolerCheck.require(connection, uri);
    // By name where it exists: 17 has one more. Any of them would end the snapshot under pg_dump.
    query(
        connection,
        "SELECT count(set_config(name, '0', false)) FROM pg_settings WHERE name IN"
            + " ('statement_timeout', 'idle_in_transaction_session_timeout',"
            + " 'idle_session_timeout', 'transaction_timeout')");
    query(
        connection,
        "SELECT set_config('lock_timeout', '%dms', false), set_config('statement_timeout', '%s', false)"
            .formatted(limits.lockWait().toMillis(), limits.statementTimeout()));
    Optional<String> systemIdentifier = systemIdentifier(connection);
    // Before the snapshot: what is replayed meanwhile is in it, and makes no date too late.
    Optional<Standby> standby = Standby.look(connection);
    connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
    connection.setReadOnly(true);
    connection.setAutoCommit(false);
    // now() is when the transaction began, just before its first query takes the snapshot.
    // clock_timestamp() would be read after it: too late by a little.
    try (Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                """
                SELECT now(), pg_export_snapshot(), current_setting('server_version'),
                       current_setting('server_version_num')::int, current_database(),
                       pg_encoding_to_char(encoding), datcollate, pg_database_size(oid)
                FROM pg_database WHERE datname = current_database()
                """)) {
      row.next();
      Instant at = row.getObject(1, OffsetDateTime.class).toInstant();
      Optional<ParsecTables> tables = ParsecTables.find(connection, schema);
      ServerFacts facts =
          new ServerFacts(
              row.getString(3).split(" ", 2)[0],
              row.getInt(4),
              row.getString(5),
              row.getString(6),
              row.getString(7),
              systemIdentifier,
              tables,
              parsecMigration(connection, tables),
              row.getLong(8),
              standby.map(Standby::dataAt).orElse(at),
              standby,
              uri.reached(connection));
      return new DatabaseSnapshot(
          uri, pool, connection, row.getString(2), facts, cancellation, abortion);
    }
  }

  /** Before the transaction, which a refusal would end; some hosted servers refuse. */
  private static Optional<String> systemIdentifier(Connection connection) {
    try {
      return query(connection, "SELECT system_identifier FROM pg_control_system()").stream()
          .findFirst();
    } catch (SQLException e) {
      LOG.debugf("The system identifier is not to be had: %s", e.getMessage());
      return Optional.empty();
    }
  }

  private static OptionalInt parsecMigration(Connection connection, Optional<ParsecTables> tables)
      throws SQLException {
    String table = tables.map(found -> found.name("migration")).orElse("migration");
    List<String> column =
        query(
            connection,
            "SELECT attname FROM pg_attribute WHERE attname = '_id' AND attrelid = to_regclass("
                + Sql.literal(table)
                + ")");
    if (column.isEmpty()) {
      return OptionalInt.empty();
    }
    return query(connection, "SELECT max(_id) FROM " + table + " HAVING max(_id) IS NOT NULL")
        .stream()
        .mapToInt(Integer::parseInt)
        .findFirst();
  }

  private static List<String> query(Connection connection, String sql) throws SQLException {
    List<String> values = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      while (rows.next()) {
        values.add(rows.getString(1));
      }
    }
    return values;
  }

  /** What pg_dump takes as {@code --snapshot}. */
  public String id() {
    return id;
  }

  public ServerFacts server() {
    return server;
  }

  /**
   * The connection that holds the snapshot: read only, for one user at a time. A query that fails
   * ends the snapshot; closing it is this object's work.
   */
  public Connection connection() {
    return connection;
  }

  /**
   * What the failure of a query on {@link #connection} means.
   *
   * @throws Problem of kind CANCELLED when that was asked for, and the query failed of it
   */
  public Problem meaning(SQLException failure) {
    cancellation.throwIfCancelled();
    return DatabaseFailure.of(failure, uri);
  }

  /** Who holds tables locked against everybody now, in words; empty if nobody, or not to be had. */
  List<String> exclusiveLocks() {
    try (Connection other = pool.getConnection()) {
      return query(
          other,
          """
          SELECT c.oid::regclass || ' (session ' || l.pid
                 || coalesce(', ' || nullif(a.application_name, ''), '') || ')'
          FROM pg_locks l JOIN pg_class c ON c.oid = l.relation
          LEFT JOIN pg_stat_activity a ON a.pid = l.pid
          WHERE l.granted AND l.mode = 'AccessExclusiveLock' AND c.relkind IN ('r', 'p')
            AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
          ORDER BY 1 LIMIT 5
          """);
    } catch (SQLException e) {
      LOG.debugf("The locks at %s are not to be had: %s", uri, e.getMessage());
      return List.of();
    }
  }

  /**
   * Lets go of the snapshot and of every connection, within seconds even where the server has gone
   * silent; does not fail.
   */
  @Override
  public void close() {
    try (pool;
        connection;
        abortion) {
      if (!cancellation.isCancelled()) {
        connection.setNetworkTimeout(Runnable::run, (int) LONGEST_CLOSE.toMillis());
        connection.rollback();
      }
    } catch (SQLException e) {
      LOG.debugf("The snapshot at %s had ended before: %s", uri, e.getMessage());
    }
  }
}
