package io.parsecbackup.api.access;

import io.netty.channel.Channel;
import java.time.Duration;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import org.jboss.logging.Logger;

/**
 * The open connections of the HTTP server. At the limit, each new connection closes the one that
 * has been idle for longest, so that probes are answered whatever the number of idle or slow
 * connections. Refusing new ones, as {@code quarkus.http.limits.max-connections} does, would refuse
 * the probe. {@link #closeSlow()} closes connections whose client is too slow.
 */
final class Connections {

  private static final Logger LOG = Logger.getLogger(Connections.class);

  private static final long LOG_EVERY = Duration.ofMinutes(1).toNanos();

  /**
   * Time limits for clients.
   *
   * @param request for a whole request, from the start of the connection or from its headers
   * @param idle between two requests; more than the usual scrape interval of one minute
   */
  record Times(Duration request, Duration idle) {
    static final Times USUAL = new Times(Duration.ofSeconds(20), Duration.ofSeconds(75));
  }

  /** In the order in which connections are closed for a new one. */
  private enum Phase {
    /** No request has arrived, or the last one is answered. */
    WAITING,
    /** The headers have arrived, the body has not. */
    READING,
    /** The answer is being prepared or sent; this includes streams of events. */
    ANSWERING
  }

  private record State(Phase phase, long since, Duration limit) {}

  /** One connection. All changes come from its own event loop. */
  static final class Connection {
    private final Channel channel;
    private final Times times;
    private final AtomicReference<State> state;

    private Connection(Channel channel, Times times) {
      this.channel = channel;
      this.times = times;
      this.state = new AtomicReference<>(now(Phase.WAITING, times.request()));
    }

    private static State now(Phase phase, Duration limit) {
      return new State(phase, System.nanoTime(), limit);
    }

    /**
     * The headers of a request have arrived.
     *
     * @return to be run when its body has arrived too
     */
    Runnable reading() {
      State reading = now(Phase.READING, times.request());
      state.set(reading);
      // Only from READING: a request may be answered, and refused, before its body has arrived.
      return () -> state.compareAndSet(reading, now(Phase.ANSWERING, Duration.ZERO));
    }

    /** Its answer is sent. */
    void answered() {
      state.set(now(Phase.WAITING, times.idle()));
    }

    private boolean isSlow(long now) {
      State current = state.get();
      return current.phase() != Phase.ANSWERING
          && now - current.since() > current.limit().toNanos();
    }

    private State state() {
      return state.get();
    }
  }

  private final int most;
  private final Times times;
  private final Map<Channel, Connection> open = new ConcurrentHashMap<>();
  private long logged = System.nanoTime() - LOG_EVERY;

  Connections(int most, Times times) {
    this.most = most;
    this.times = times;
  }

  /**
   * The default limit: a quarter of the files that this process may open, at most 200, so that
   * enough of them remain for a run.
   */
  static int usualLimit() {
    return (int) Math.max(16, Math.min(200, OpenFiles.limit().orElse(1024) / 4));
  }

  /** Adds an accepted connection. Called by the acceptor thread only. */
  void opened(Channel channel) {
    Connection connection = new Connection(channel, times);
    if (open.size() >= most) {
      closeOne();
    }
    open.put(channel, connection);
    channel.closeFuture().addListener(closed -> open.remove(channel));
  }

  private void closeOne() {
    open.values().stream()
        .min(
            Comparator.comparing((Connection one) -> one.state().phase())
                .thenComparing(one -> one.state().since(), (a, b) -> Long.signum(a - b)))
        .ifPresent(this::close);
    if (System.nanoTime() - logged >= LOG_EVERY) {
      logged = System.nanoTime();
      LOG.warnf(
          "the limit of %d open connections is reached: each new connection closes"
              + " the one that has been idle for longest",
          most);
    }
  }

  /** The connection of a channel; empty if it was not observed when it opened. */
  Optional<Connection> of(Channel channel) {
    return Optional.ofNullable(open.get(channel));
  }

  /** Closes the connections whose clients have taken too long. */
  void closeSlow() {
    long now = System.nanoTime();
    for (Connection connection : open.values()) {
      if (!connection.channel.isOpen()) {
        open.remove(connection.channel);
      } else if (connection.isSlow(now)) {
        close(connection);
      }
    }
  }

  private void close(Connection connection) {
    // Now, although it closes a moment later: the next call must not choose it again.
    open.remove(connection.channel);
    connection.channel.close();
  }

  int count() {
    return open.size();
  }
}
