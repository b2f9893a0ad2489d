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

/** One connection for the work around a restore. Ends with the run's cancellation. */
public final class ServerSession implements AutoCloseable {

  private static final Logger LOG = Logger.getLogger(ServerSession.class);

  /** Such a database, or its doors, may be closed to us while the next is open. */
  private static final Set<String> TRY_THE_NEXT = Set.of("3D000", "42501", "55000", "28000");

  /** Creating, renaming and dropping databases takes seconds; dropping a huge one, minutes. */
  private static final Duration LONGEST_ANSWER = Duration.ofMinutes(10);

  /** Makes a value of a row. */
  @FunctionalInterface
  public interface Row<T> {
    T read(ResultSet row) throws SQLException;
  }

  /** What is done with a connection. */
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
   * @throws Problem of kind DATABASE when the server is not reached or refuses; CANCELLED
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
   * Connects to a database from which others are made, renamed and dropped: {@code postgres}, or
   * {@code template1} where that is gone or closed.
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
      LOG.debugf("The database postgres is not to be had: %s", e.getMessage());
      return open(server.withDatabase("template1"), cancellation).limit(LONGEST_ANSWER);
    }
  }

  private static ServerSession connect(DatabaseUri uri, Cancellation cancellation)
      throws SQLException {
    return new ServerSession(uri, ServerConnection.open(uri, cancellation), cancellation);
  }

  /** The host that this connection is at. */
  public Host host() {
    try {
      return uri.reached(connection);
    } catch (SQLException e) {
      throw meaning(e);
    }
  }

  /** Another session, in a database of the same server; the same cancellation ends it. */
  public ServerSession in(DatabaseUri database) {
    return open(database, cancellation);
  }

  /** From now on, one answer of the server may take this long; then the session ends. */
  public ServerSession limit(Duration longestAnswer) {
    try {
      connection.setNetworkTimeout(Runnable::run, (int) longestAnswer.toMillis());
      return this;
    } catch (SQLException e) {
      throw meaning(e);
    }
  }

  /** Answers all rows. */
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

  /** Does what needs the connection itself. */
  public <T> T with(Work<T> work) {
    try {
      return work.run(connection);
    } catch (SQLException e) {
      throw meaning(e);
    }
  }

  /** Answers whether, for a query of one boolean. */
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

  /**
   * As {@link #execute}, but answers what was refused. A lost connection is thrown all the same.
   */
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

  /** Waits, but not after a cancellation. */
  public void pause(Duration time) {
    CountDownLatch cancelled = new CountDownLatch(1);
    try (Cancellation.Hook _ = cancellation.onCancel(cancelled::countDown)) {
      var _ = cancelled.await(time.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Problem(Problem.Kind.CANCELLED, "The thread was interrupted", e);
    }
    cancellation.throwIfCancelled();
  }

  public Problem meaning(SQLException failure) {
    cancellation.throwIfCancelled();
    if (state(failure).equals("42501")) {
      return new Problem(
          Problem.Kind.DATABASE,
          "The role %s may not do that: %s. Restore as the database's owner with CREATEDB, or as superuser. (%s)"
              .formatted(DatabaseFailure.quoted(uri.user()), failure.getMessage(), uri));
    }
    if (state(failure).equals("53100")) {
      return new Problem(
          Problem.Kind.SPACE,
          "The database server's disk is full. Make room there and try again. (%s: %s)"
              .formatted(uri, failure.getMessage()));
    }
    if (failure.getCause() instanceof SocketTimeoutException) {
      return new Problem(
          Problem.Kind.DATABASE,
          "The database server stopped answering. Look at its log and at pg_stat_activity for what holds it up, then try again. (%s)"
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
      LOG.debugf("The session at %s had ended before: %s", uri, e.getMessage());
    }
  }
}
