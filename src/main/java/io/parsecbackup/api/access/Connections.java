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
 * The open connections of the HTTP server. At the limit the one that has been idle for longest is
 * closed in favour of a new one, so that however many idle or slow ones there are, a probe is
 * answered; refusing new ones, as {@code quarkus.http.limits.max-connections} does, would refuse
 * the probe. A connection whose client is too slow is closed by {@link #closeSlow()}.
 */
final class Connections {

  private static final Logger LOG = Logger.getLogger(Connections.class);

  private static final long LOG_EVERY = Duration.ofMinutes(1).toNanos();

  /**
   * How long a client may take.
   *
   * @param request for a whole request, from the opened connection or from its headers on
   * @param idle between two requests; more than Prometheus' usual minute
   */
  record Times(Duration request, Duration idle) {
    static final Times USUAL = new Times(Duration.ofSeconds(20), Duration.ofSeconds(75));
  }

  /** In the order in which connections are given up for a new one. */
  private enum Phase {
    /** No request has come, or the last one is answered. */
    WAITING,
    /** The headers are here, the body is not. */
    READING,
    /** The answer is being made or sent; a stream of events is one for as long as it lasts. */
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
     * A request's headers have come.
     *
     * @return to be run once its body has come too
     */
    Runnable reading() {
      State reading = now(Phase.READING, times.request());
      state.set(reading);
      // Only from there: a request may be answered, and refused, before its body is here.
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
   * The most connections that leave a run the files that it needs: a quarter of what this process
   * may open, at most 200.
   */
  static int usualLimit() {
    return (int) Math.max(16, Math.min(200, OpenFiles.limit().orElse(1024) / 4));
  }

  /** Takes up a connection that was accepted. Called by the one thread that accepts. */
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
          "%d connections are open, the most that this service keeps: for each new one it closes"
              + " the one that was idle for longest",
          most);
    }
  }

  /** What is known of a channel's connection; empty where it was not seen when it opened. */
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
    // At once, though it closes a moment later: the next one must not choose it again.
    open.remove(connection.channel);
    connection.channel.close();
  }

  int count() {
    return open.size();
  }
}
