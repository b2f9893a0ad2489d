package io.parsecbackup.postgres;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Optional;
import org.jboss.logging.Logger;

/**
 * The state of a standby server just before a snapshot.
 *
 * @param now the standby's clock
 * @param dataAt the date of its data: of the last replayed transaction, or of the primary's last
 *     message if the standby has replayed everything that it received
 * @param caughtUp whether it is connected to its primary and has replayed everything it received
 * @param paused whether the replay is paused
 */
public record Standby(Instant now, Instant dataAt, boolean caughtUp, boolean paused) {

  /**
   * Without {@code pg_read_all_stats} the columns of the receiver are null, except its process id.
   * Then the last received position counts as the primary's.
   */
  private static final String STATE =
      """
      SELECT clock_timestamp(), pg_is_wal_replay_paused(),
             r.pid IS NOT NULL AND NOT pg_is_wal_replay_paused()
               AND pg_last_wal_replay_lsn()
                   >= coalesce(r.latest_end_lsn, pg_last_wal_receive_lsn()) AS caught_up,
             coalesce(pg_last_xact_replay_timestamp(), checkpoint_time),
             coalesce(r.last_msg_send_time, clock_timestamp())
      FROM pg_control_checkpoint() LEFT JOIN pg_stat_wal_receiver r ON true
      """;

  /** For hosted servers that refuse some functions of {@link #STATE}. */
  private static final String LAST_REPLAYED =
      "SELECT clock_timestamp(), pg_last_xact_replay_timestamp()";

  private static final Logger LOG = Logger.getLogger(Standby.class);

  /**
   * Reads the state, outside of a transaction. Empty if the server is not a standby, or does not
   * say what it has replayed.
   */
  public static Optional<Standby> look(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      try (ResultSet row = statement.executeQuery("SELECT pg_is_in_recovery()")) {
        row.next();
        if (!row.getBoolean(1)) {
          return Optional.empty();
        }
      }
      try {
        return Optional.of(state(statement));
      } catch (SQLException e) {
        if (ServerSession.state(e).startsWith("08")) {
          throw e;
        }
        LOG.debugf("The state of the standby cannot be read: %s", e.getMessage());
        return lastReplayed(statement);
      }
    }
  }

  private static Standby state(Statement statement) throws SQLException {
    try (ResultSet row = statement.executeQuery(STATE)) {
      row.next();
      boolean caughtUp = row.getBoolean(3);
      Instant replayed = instant(row, 4);
      Instant sent = instant(row, 5);
      Instant dataAt = caughtUp && sent.isAfter(replayed) ? sent : replayed;
      return new Standby(instant(row, 1), dataAt, caughtUp, row.getBoolean(2));
    }
  }

  private static Optional<Standby> lastReplayed(Statement statement) throws SQLException {
    try (ResultSet row = statement.executeQuery(LAST_REPLAYED)) {
      row.next();
      if (row.getObject(2) != null) {
        return Optional.of(new Standby(instant(row, 1), instant(row, 2), false, false));
      }
    } catch (SQLException e) {
      if (ServerSession.state(e).startsWith("08")) {
        throw e;
      }
      LOG.debugf("The last replayed transaction cannot be read: %s", e.getMessage());
    }
    LOG.warn(
        "The server is a standby that does not show what it has replayed; the backup is dated by the"
            + " server's clock");
    return Optional.empty();
  }

  private static Instant instant(ResultSet row, int column) throws SQLException {
    return row.getObject(column, OffsetDateTime.class).toInstant();
  }

  /** The age of its data; zero if it has caught up. */
  public Duration lag() {
    Duration age = Duration.between(dataAt, now);
    return caughtUp || age.isNegative() ? Duration.ZERO : age;
  }

  /** Why it is behind and what to do, in words. */
  public String remedy() {
    return paused
        ? "its replay is paused: run SELECT pg_wal_replay_resume() there"
        : "it is not connected to its primary, or is still replaying: check pg_stat_wal_receiver"
            + " and the log there, or back up from the primary";
  }
}
