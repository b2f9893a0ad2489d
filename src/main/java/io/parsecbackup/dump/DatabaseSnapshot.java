package io.parsecbackup.dump;

import io.parsecbackup.Cancellation;
import io.parsecbackup.Problem;
import io.parsecbackup.dump.SourceConnection.Limits;
import io.parsecbackup.parsec.ParsecTables;
import io.parsecbackup.postgres.CommitHorizon;
import io.parsecbackup.postgres.PgVersion;
import io.parsecbackup.postgres.Sql;
import io.parsecbackup.postgres.Standby;
import io.parsecbackup.postgres.connection.DatabaseUri;
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
import org.jboss.logging.Logger;

/**
 * One instant of the database, exported under a name that pg_dump can import. It exists until
 * {@link #close}. A query on {@link #connection} sees the same instant as the dump.
 */
public final class DatabaseSnapshot implements AutoCloseable {

  private static final Logger LOG = Logger.getLogger(DatabaseSnapshot.class);

  /** For short queries that dump nothing and read few rows. */
  private static final Limits SHORT_QUERIES =
      new Limits(Duration.ofSeconds(5), Optional.of(Duration.ofSeconds(30)));

  /** How long to wait for open transactions, which are short in a Parsec server's database. */
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(10);

  private final SourceConnection source;
  private final String id;
  private final SnapshotFacts facts;
  private final Optional<CommitHorizon> horizon;

  private DatabaseSnapshot(
      SourceConnection source, String id, SnapshotFacts facts, Optional<CommitHorizon> horizon) {
    this.source = source;
    this.id = id;
    this.facts = facts;
    this.horizon = horizon;
  }

  /**
   * Takes a snapshot for short queries.
   *
   * @throws Problem as {@link #open(DatabaseUri, Duration, Cancellation)} does
   */
  public static DatabaseSnapshot open(DatabaseUri uri) {
    return open(uri, new Cancellation());
  }

  /**
   * Takes a snapshot for short queries.
   *
   * @throws Problem as {@link #open(DatabaseUri, Duration, Cancellation)} does
   */
  public static DatabaseSnapshot open(DatabaseUri uri, Cancellation cancellation) {
    return open(uri, SHORT_QUERIES, Optional.empty(), cancellation);
  }

  /**
   * Connects and takes the snapshot.
   *
   * @param lockWait how long each of its queries waits for a locked table
   * @param cancellation closes the connection, which also ends a running query
   * @throws Problem of kind DATABASE if the server cannot be reached or refuses; the message says
   *     what to do and contains no password. Of kind CANCELLED if it is cancelled meanwhile
   */
  public static DatabaseSnapshot open(
      DatabaseUri uri, Duration lockWait, Cancellation cancellation) {
    return open(uri, new Limits(lockWait, Optional.empty()), Optional.empty(), cancellation);
  }

  /**
   * As {@link #open(DatabaseUri, Duration, Cancellation)}, with a {@link #horizon}. It first waits
   * for open transactions, for at most ten seconds.
   */
  public static DatabaseSnapshot covering(
      DatabaseUri uri, Duration lockWait, Cancellation cancellation) {
    return open(
        uri,
        new Limits(lockWait, Optional.empty()),
        cancellation,
        source -> {
          CommitHorizon horizon =
              CommitHorizon.await(source.connection(), CommitHorizon.Patience.of(LONGEST_WAIT));
          return take(source, Optional.empty(), Optional.of(horizon));
        });
  }

  /**
   * Takes a snapshot of a database that was restored from a backup.
   *
   * @param schema the schema of Parsec's tables, if the backup recorded it: the search path that
   *     led the server to it may not be in the dump
   * @throws Problem as {@link #open(DatabaseUri, Duration, Cancellation)} does
   */
  public static DatabaseSnapshot restored(
      DatabaseUri uri, Optional<String> schema, Cancellation cancellation) {
    return open(uri, new Limits(SHORT_QUERIES.lockWait(), Optional.empty()), schema, cancellation);
  }

  static DatabaseSnapshot open(
      DatabaseUri uri, Limits limits, Optional<String> schema, Cancellation cancellation) {
    return open(uri, limits, cancellation, source -> take(source, schema, Optional.empty()));
  }

  /** Takes a snapshot on an open connection. */
  private interface Taking {
    DatabaseSnapshot take(SourceConnection source) throws SQLException;
  }

  private static DatabaseSnapshot open(
      DatabaseUri uri, Limits limits, Cancellation cancellation, Taking taking) {
    SourceConnection source = SourceConnection.open(uri, limits, cancellation);
    try {
      return taking.take(source);
    } catch (SQLException e) {
      source.close();
      throw source.meaning(e);
    } catch (RuntimeException e) {
      source.close();
      throw e;
    }
  }

  private static DatabaseSnapshot take(
      SourceConnection source, Optional<String> schema, Optional<CommitHorizon> horizon)
      throws SQLException {
    Connection connection = source.connection();
    Optional<String> systemIdentifier = systemIdentifier(connection);
    // Before the snapshot: changes that are replayed in between are in the snapshot, so the date
    // is never too late.
    Optional<Standby> standby = Standby.look(connection);
    connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
    connection.setReadOnly(true);
    connection.setAutoCommit(false);
    // now() is the start of the transaction, just before its first query takes the snapshot;
    // clock_timestamp() would be a little later than the snapshot.
    try (Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                """
                SELECT now(), pg_export_snapshot(), current_setting('server_version'),
                       current_database(), pg_encoding_to_char(encoding), datcollate
                FROM pg_database WHERE datname = current_database()
                """)) {
      row.next();
      Instant at = row.getObject(1, OffsetDateTime.class).toInstant();
      Optional<ParsecTables> tables = ParsecTables.find(connection, schema);
      ServerFacts server =
          new ServerFacts(
              PgVersion.ofServer(row.getString(3)),
              systemIdentifier,
              standby,
              source.uri().reached(connection));
      DatabaseFacts database =
          new DatabaseFacts(
              row.getString(4),
              Optional.of(row.getString(5)),
              Optional.of(row.getString(6)),
              tables,
              parsecMigration(connection, tables));
      return new DatabaseSnapshot(
          source,
          row.getString(2),
          new SnapshotFacts(server, database, standby.map(Standby::dataAt).orElse(at)),
          horizon);
    }
  }

  /**
   * Outside of the transaction, which an error would end: some hosted servers refuse this query.
   */
  private static Optional<String> systemIdentifier(Connection connection) {
    try {
      return query(connection, "SELECT system_identifier FROM pg_control_system()").stream()
          .findFirst();
    } catch (SQLException e) {
      LOG.debugf("The system identifier cannot be read: %s", e.getMessage());
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

  /** The name for pg_dump's {@code --snapshot}. */
  public String id() {
    return id;
  }

  public SnapshotFacts facts() {
    return facts;
  }

  /** The commits that it shows for sure, if it was taken by {@link #covering}. */
  public Optional<CommitHorizon> horizon() {
    return horizon;
  }

  public ServerFacts server() {
    return facts.server();
  }

  public DatabaseFacts database() {
    return facts.database();
  }

  /**
   * The read-only connection that holds the snapshot, for one thread at a time. A query that fails
   * ends the snapshot. The caller must not close the connection.
   */
  public Connection connection() {
    return source.connection();
  }

  /**
   * The error for a failed query on {@link #connection}.
   *
   * @throws Problem of kind CANCELLED if a cancellation made the query fail
   */
  public Problem meaning(SQLException failure) {
    return source.meaning(failure);
  }

  /** The tables that sessions hold exclusively locked now, in words; empty if it is not known. */
  List<String> exclusiveLocks() {
    try (Connection other = source.second()) {
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
      LOG.debugf("The locks at %s cannot be read: %s", source.uri(), e.getMessage());
      return List.of();
    }
  }

  /**
   * Releases the snapshot and closes all connections, within seconds even if the server is silent.
   * Does not fail.
   */
  @Override
  public void close() {
    source.close();
  }
}
