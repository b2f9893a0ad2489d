package io.parsecbackup.objectstore.s3;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.impl.VertxInternal;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * The connections to one bucket: a pool for each of a few event loops. A request uses a connection
 * of its own event loop. With one pool for all loops, most requests get a connection of another
 * loop, and every step of theirs is passed from one thread to the other. Thread-safe.
 */
final class ConnectionPools {

  /** Event loops beyond these would transfer more than a network card does. */
  private static final int MOST = 8;

  private final Supplier<HttpClient> clients;
  private final List<Pool> pools;

  /** An event loop with its connections. */
  static final class Pool {

    private final Context eventLoop;
    private Optional<HttpClient> client = Optional.empty();
    private int inUse;

    private Pool(Context eventLoop) {
      this.eventLoop = eventLoop;
    }

    Context eventLoop() {
      return eventLoop;
    }
  }

  /**
   * @param clients makes the client of a pool, when the pool is first used
   */
  ConnectionPools(Vertx vertx, Supplier<HttpClient> clients) {
    this.clients = clients;
    this.pools =
        Stream.generate(() -> new Pool(((VertxInternal) vertx).createEventLoopContext()))
            .limit(Math.clamp(Runtime.getRuntime().availableProcessors(), 1, MOST))
            .toList();
  }

  /** The pool with the fewest requests. The caller gives it back after its request. */
  synchronized Pool take() {
    Pool pool = pools.stream().min(Comparator.comparingInt(each -> each.inUse)).orElseThrow();
    pool.inUse++;
    return pool;
  }

  synchronized void giveBack(Pool pool) {
    pool.inUse--;
  }

  /** Sends the requests of a pool. */
  synchronized HttpClient client(Pool pool) {
    if (pool.client.isEmpty()) {
      pool.client = Optional.of(clients.get());
    }
    return pool.client.get();
  }

  /** Closes all connections. */
  synchronized Future<?> close() {
    return Future.all(
        pools.stream().flatMap(pool -> pool.client.stream()).map(HttpClient::close).toList());
  }
}
