package io.parsecbackup.postgres;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import org.jboss.logging.Logger;

/**
 * An instant by the database's clock: a snapshot that is taken afterwards shows every transaction
 * whose commit time is this instant or earlier. A recovery to a target time repeats transactions by
 * their commit times.
 *
 * <p>The clock alone does not give such an instant: a transaction gets its commit time, then waits
 * for the disk or for a synchronous standby, and only then do snapshots show it.
 *
 * @param at empty if it cannot be determined
 * @param warning why it is not known, or why it is earlier than the snapshot, and what to do
 */
public record CommitHorizon(Optional<Instant> at, Optional<String> warning) {

  /** Says how long to wait for open transactions. */
  @FunctionalInterface
  public interface Patience {

    /** Pauses; returns false if it is time to give up. */
    boolean pause();

    static Patience of(Duration limit) {
      long end = System.nanoTime() + limit.toNanos();
      return () -> {
        LockSupport.parkNanos(PAUSE.toNanos());
        return System.nanoTime() - end < 0;
      };
    }
  }

  /**
   * A standby does not show which transactions of its primary are committing. No commit should need
   * longer than this from its commit time until the primary has written it.
   */
  static final Duration STANDBY_MARGIN = Duration.ofMinutes(1);

  private static final DateTimeFormatter TARGET =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss.SSSSSS'+00'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  private static final Duration PAUSE = Duration.ofMillis(20);

  private static final Logger LOG = Logger.getLogger(CommitHorizon.class);

  /**
   * The open transactions that have written to this database, with their starts. A transaction
   * locks its own id before it gets its commit time, and until snapshots show it. Other roles see
   * the start of a session's transaction only with {@code pg_read_all_stats}.
   */
  private static final String OPEN =
      """
      SELECT l.transactionid::text, coalesce(p.prepared, a.xact_start)
      FROM pg_locks l LEFT JOIN pg_stat_activity a ON a.pid = l.pid
           LEFT JOIN pg_prepared_xacts p ON p.transaction = l.transactionid
      WHERE l.locktype = 'transactionid' AND l.mode = 'ExclusiveLock' AND l.granted
        AND coalesce(p.database, a.datname, current_database()) = current_database()
      """;

  /**
   * On a standby: the last message of the primary if everything that it had written before is
   * replayed, otherwise the last replayed transaction.
   */
  private static final String REPLAYED =
      """
      SELECT CASE WHEN NOT pg_is_wal_replay_paused()
                       AND pg_last_wal_replay_lsn() >= r.latest_end_lsn
                  THEN greatest(r.last_msg_send_time, pg_last_xact_replay_timestamp())
                  ELSE pg_last_xact_replay_timestamp() END
      FROM (SELECT) one LEFT JOIN pg_stat_wal_receiver r ON true
      """;

  private static final String LAST_REPLAYED = "SELECT pg_last_xact_replay_timestamp()";

  /**
   * A time as PostgreSQL's {@code recovery_target_time} and pgBackRest's {@code --target} take it:
   * both refuse the form with T and Z.
   */
  public static String recoveryTarget(Instant at) {
    return TARGET.format(at);
  }

  /**
   * Reads the clock, and waits until the transactions that are open now have ended. If they do not
   * end in time, the instant is the start of the oldest of them.
   *
   * @param connection outside of a transaction; the caller takes the snapshot with it afterwards
   * @throws SQLException if the connection fails
   */
  public static CommitHorizon await(Connection connection, Patience patience) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      Instant now;
      try (ResultSet row =
          statement.executeQuery("SELECT clock_timestamp(), pg_is_in_recovery()")) {
        row.next();
        if (row.getBoolean(2)) {
          return ofStandby(statement);
        }
        now = instant(row, 1).orElseThrow();
      }
      Map<String, Optional<Instant>> waitingFor = open(statement);
      while (!waitingFor.isEmpty() && patience.pause()) {
        waitingFor.keySet().retainAll(open(statement).keySet());
      }
      return of(now, waitingFor);
    }
  }

  private static CommitHorizon of(Instant now, Map<String, Optional<Instant>> open) {
    Instant oldest = now;
    for (Optional<Instant> start : open.values()) {
      if (start.isEmpty()) {
        return unknown(
            "a transaction of another role stays open, and this role cannot see since when. Run as"
                + " superuser: GRANT pg_read_all_stats to the role in PARSEC_DB; or end the"
                + " transaction, and run 'backup' again");
      }
      oldest = start.get().isBefore(oldest) ? start.get() : oldest;
    }
    return new CommitHorizon(
        Optional.of(oldest),
        open.isEmpty()
            ? Optional.empty()
            : Optional.of(
                "a transaction has been open since "
                    + recoveryTarget(oldest)
                    + ", so this backup covers recovery targets up to then only. End it"
                    + " (pg_stat_activity and pg_prepared_xacts show it), and run 'backup' again"));
  }

  private static CommitHorizon ofStandby(Statement statement) throws SQLException {
    Optional<Instant> replayed;
    try {
      replayed = single(statement, REPLAYED);
    } catch (SQLException e) {
      if (ServerSession.state(e).startsWith("08")) {
        throw e;
      }
      // Some hosted servers refuse these functions.
      LOG.debugf("What the standby has replayed cannot be read: %s", e.getMessage());
      replayed = single(statement, LAST_REPLAYED);
    }
    return replayed.isPresent()
        ? new CommitHorizon(replayed.map(at -> at.minus(STANDBY_MARGIN)), Optional.empty())
        : unknown(
            "the server is a standby that does not say what it has replayed. Take backups from the"
                + " primary");
  }

  private static CommitHorizon unknown(String why) {
    return new CommitHorizon(
        Optional.empty(),
        Optional.of("it is not known which recovery targets this backup covers: " + why));
  }

  private static Map<String, Optional<Instant>> open(Statement statement) throws SQLException {
    Map<String, Optional<Instant>> found = new LinkedHashMap<>();
    try (ResultSet rows = statement.executeQuery(OPEN)) {
      while (rows.next()) {
        found.put(rows.getString(1), instant(rows, 2));
      }
    }
    return found;
  }

  private static Optional<Instant> single(Statement statement, String sql) throws SQLException {
    try (ResultSet row = statement.executeQuery(sql)) {
      row.next();
      return instant(row, 1);
    }
  }

  private static Optional<Instant> instant(ResultSet row, int column) throws SQLException {
    return Optional.ofNullable(row.getObject(column, OffsetDateTime.class))
        .map(OffsetDateTime::toInstant);
  }
}
