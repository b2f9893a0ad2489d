package io.parsecbackup.postgres;

import io.parsecbackup.Cancellation;
import io.parsecbackup.Problem;
import io.parsecbackup.postgres.connection.DatabaseUri;
import io.parsecbackup.postgres.connection.Host;
import java.net.SocketTimeoutException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/** A connection for the steps before and after the fill of a database. A cancellation closes it. */
public final class ServerSession implements AutoCloseable {

  private static final Logger LOG = Logger.getLogger(ServerSession.class);

  /** SQLSTATEs of a database that does not exist or refuses this role; another may be open. */
  private static final Set<String> TRY_THE_NEXT = Set.of("3D000", "42501", "55000", "28000");

  /** Creating or renaming a database takes seconds; dropping a huge one takes minutes. */
  private static final Duration LONGEST_ANSWER = Duration.ofMinutes(10);

  /** Reads a value from a row. */
  @FunctionalInterface
  public interface Row<T> {
    T read(ResultSet row) throws SQLException;
  }

  /** Work that needs the connection itself. */
  @FunctionalInterface
  public interface Work<T> {
    T run(Connection connection) throws SQLException;
  }

  private final DatabaseUri uri;
  private final Connection connection;
  private final Cancellation cancellation;
  private final Cancellation.Hook abortion;

  private ServerSession(DatabaseUri uri, Connection connection, Cancellation cancellation) {
    this.uri = uri;
    this.connection = connection;
    this.cancellation = cancellation;
    this.abortion = cancellation.onCancel(() -> ServerConnection.abort(connection));
  }

  /**
   * Connects.
   *
   * @throws Problem of kind DATABASE if the server cannot be reached or refuses; CANCELLED
   */
  public static ServerSession open(DatabaseUri uri, Cancellation cancellation) {
    try {
      return connect(uri, cancellation);
    } catch (SQLException e) {
      cancellation.throwIfCancelled();
      throw DatabaseFailure.of(e, uri);
    }
  }

  /**
   * Connects to a database from which others can be created, renamed and dropped: {@code postgres},
   * or {@code template1} if {@code postgres} does not exist or is closed.
   *
   * @throws Problem as {@link #open} does
   */
  public static ServerSession maintenance(DatabaseUri server, Cancellation cancellation) {
    try {
      return connect(server.withDatabase("postgres"), cancellation).limit(LONGEST_ANSWER);
    } catch (SQLException e) {
      cancellation.throwIfCancelled();
      if (!TRY_THE_NEXT.contains(state(e))) {
        throw DatabaseFailure.of(e, server.withDatabase("postgres"));
      }
      LOG.debugf("The database postgres cannot be used: %s", e.getMessage());
      return open(server.withDatabase("template1"), cancellation).limit(LONGEST_ANSWER);
    }
  }

  private static ServerSession connect(DatabaseUri uri, Cancellation cancellation)
      throws SQLException {
    return new ServerSession(uri, ServerConnection.open(uri, cancellation), cancellation);
  }

  /** The host of this connection. */
  public Host host() {
    try {
      return uri.reached(connection);
    } catch (SQLException e) {
      throw meaning(e);
    }
  }

  /** A session in another database of the same server, with the same cancellation. */
  public ServerSession in(DatabaseUri database) {
    return open(database, cancellation);
  }

  /** Limits the wait for each answer of the server; after it the session ends. */
  public ServerSession limit(Duration longestAnswer) {
    try {
      connection.setNetworkTimeout(Runnable::run, (int) longestAnswer.toMillis());
      return this;
    } catch (SQLException e) {
      throw meaning(e);
    }
  }

  /** Returns all rows. */
  public <T> List<T> query(String sql, Row<T> row) {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      List<T> all = new ArrayList<>();
      while (rows.next()) {
        all.add(row.read(rows));
      }
      return all;
    } catch (SQLException e) {
      throw meaning(e);
    }
  }

  /** Runs work that needs the connection itself. */
  public <T> T with(Work<T> work) {
    try {
      return work.run(connection);
    } catch (SQLException e) {
      throw meaning(e);
    }
  }

  /** The result of a query for one boolean. */
  public boolean is(String sql) {
    return query(sql, row -> row.getBoolean(1)).getFirst();
  }

  /** Executes one statement, or several in one transaction. */
  public void execute(String... statements) {
    tryExecute(statements)
        .ifPresent(e -> {
          throw meaning(e);
        });
  }

  /** As {@link #execute}, but returns the server's error. Throws if the connection is lost. */
  public Optional<SQLException> tryExecute(String... statements) {
    cancellation.throwIfCancelled();
    try {
      if (statements.length == 1) {
        run(statements[0]);
        return Optional.empty();
      }
      connection.setAutoCommit(false);
      for (String sql : statements) {
        run(sql);
      }
      connection.commit();
      connection.setAutoCommit(true);
      return Optional.empty();
    } catch (SQLException e) {
      if (state(e).startsWith("08") || state(e).startsWith("57")) {
        throw meaning(e);
      }
      backToAutoCommit();
      return Optional.of(e);
    }
  }

  private void run(String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.setEscapeProcessing(false);
      statement.execute(sql);
    }
  }

  private void backToAutoCommit() {
    try {
      if (!connection.getAutoCommit()) {
        connection.rollback();
        connection.setAutoCommit(true);
      }
    } catch (SQLException e) {
      throw meaning(e);
    }
  }

  /** Waits; a cancellation ends the wait. */
  public void pause(Duration time) {
    CountDownLatch cancelled = new CountDownLatch(1);
    try (Cancellation.Hook _ = cancellation.onCancel(cancelled::countDown)) {
      var _ = cancelled.await(time.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      throw Problem.interrupted(e);
    }
    cancellation.throwIfCancelled();
  }

  /** The error for an operator. Throws a Problem of kind CANCELLED after a cancellation. */
  public Problem meaning(SQLException failure) {
    cancellation.throwIfCancelled();
    if (state(failure).equals("42501")) {
      return new Problem(
          Problem.Kind.DATABASE,
          "The role %s may not do this: %s. Restore as the database's owner with CREATEDB, or as superuser. (%s)"
              .formatted(DatabaseFailure.quoted(uri.user()), failure.getMessage(), uri));
    }
    if (state(failure).equals("53100")) {
      return new Problem(
          Problem.Kind.SPACE,
          "The database server's disk is full. Free space there and try again. (%s: %s)"
              .formatted(uri, failure.getMessage()));
    }
    if (failure.getCause() instanceof SocketTimeoutException) {
      return new Problem(
          Problem.Kind.DATABASE,
          "The database server stopped answering. Check its log and pg_stat_activity, then try again. (%s)"
              .formatted(uri));
    }
    return DatabaseFailure.of(failure, uri);
  }

  public static String state(SQLException failure) {
    return failure.getSQLState() == null ? "" : failure.getSQLState();
  }

  @Override
  public void close() {
    abortion.close();
    try {
      connection.setNetworkTimeout(Runnable::run, 5000);
      connection.close();
    } catch (SQLException e) {
      LOG.debugf("The session at %s had already ended: %s", uri, e.getMessage());
    }
  }
}
