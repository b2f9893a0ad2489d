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
 * A server that replays what its primary has written, just before a snapshot was taken.
 *
 * @param now by its own clock
 * @param dataAt the date of what it has replayed: of the last transaction, or, if it has replayed
 *     all that its primary has told it of, of the primary's last message
 * @param caughtUp whether it is connected to its primary and has replayed all that it was told of
 * @param paused whether somebody has paused the replay
 */
public record Standby(Instant now, Instant dataAt, boolean caughtUp, boolean paused) {

  /**
   * Without the right to see them ({@code pg_read_all_stats}) the columns of the receiver are null,
   * its process id aside: then what was received counts as what there is.
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

  /** For hosted servers that refuse some of the functions in {@link #STATE}. */
  private static final String LAST_REPLAYED =
      "SELECT clock_timestamp(), pg_last_xact_replay_timestamp()";

  private static final Logger LOG = Logger.getLogger(Standby.class);

  /**
   * Looks, outside of a transaction; empty if the server is no standby, or does not tell what it
   * has replayed.
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
        LOG.debugf("The standby does not tell its state: %s", e.getMessage());
        return lastReplayed(statement);
      }
    }
  }

  private static Standby state(Statement statement) throws SQLException {
    try (ResultSet row = statement.executeQuery(STATE)) {
      row.next();
      boolean caughtUp = row.getBoolean(3);
      Instant replayed = instant(row, 4);
      Instant told = instant(row, 5);
      Instant dataAt = caughtUp && told.isAfter(replayed) ? told : replayed;
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
      LOG.debugf("The standby does not tell what it has replayed: %s", e.getMessage());
    }
    LOG.warn(
        "the server is a standby that does not tell what it has replayed: the backup is dated by the"
            + " server's clock");
    return Optional.empty();
  }

  private static Instant instant(ResultSet row, int column) throws SQLException {
    return row.getObject(column, OffsetDateTime.class).toInstant();
  }

  /** How old its data are; nothing for one that has caught up. */
  public Duration lag() {
    Duration age = Duration.between(dataAt, now);
    return caughtUp || age.isNegative() ? Duration.ZERO : age;
  }

  /** Why it is behind, and what helps, in words. */
  public String remedy() {
    return paused
        ? "its replay is paused: SELECT pg_wal_replay_resume() there"
        : "it is not connected to its primary, or is still replaying: look at pg_stat_wal_receiver"
            + " and its log there, or back up from the primary";
  }
}
