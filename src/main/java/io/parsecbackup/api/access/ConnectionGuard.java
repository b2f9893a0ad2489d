package io.parsecbackup.api.access;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ServerChannel;
import io.netty.channel.SingleThreadEventLoop;
import io.netty.util.concurrent.EventExecutor;
import io.quarkus.vertx.http.HttpServerStart;
import io.quarkus.vertx.http.HttpsServerStart;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.impl.VertxInternal;
import io.vertx.core.net.impl.ConnectionBase;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.event.ObservesAsync;
import jakarta.inject.Inject;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Enforces the limits of {@link Connections}. Quarkus has no hook for a connection without a
 * request, and Vert.x accepts a connection handler only before the server listens, which Quarkus
 * does itself. So this class observes accepted connections on the listening channels, through
 * Netty's public API.
 */
@ApplicationScoped
public class ConnectionGuard {

  private static final long SWEEP_MILLIS = 1_000;

  private final VertxInternal vertx;
  private final Connections connections;
  private final AtomicBoolean watching = new AtomicBoolean();

  @Inject
  public ConnectionGuard(Vertx vertx) {
    this(vertx, new Connections(Connections.usualLimit(), Connections.Times.USUAL));
  }

  ConnectionGuard(Vertx vertx, Connections connections) {
    this.vertx = (VertxInternal) vertx;
    this.connections = connections;
  }

  void watch(@ObservesAsync HttpServerStart started) {
    watchListeners();
  }

  void watch(@ObservesAsync HttpsServerStart started) {
    watchListeners();
  }

  void follow(@Observes Router router) {
    router.route().order(Integer.MIN_VALUE).handler(this::follow);
  }

  /** Observes each connection that a listening channel of this process accepts from now on. */
  void watchListeners() {
    if (watching.compareAndSet(false, true)) {
      vertx.setPeriodic(SWEEP_MILLIS, tick -> connections.closeSlow());
    }
    for (EventExecutor executor : vertx.getAcceptorEventLoopGroup()) {
      if (executor instanceof SingleThreadEventLoop loop) {
        loop.execute(() ->
            loop.registeredChannelsIterator()
                .forEachRemaining(channel -> {
                  if (channel instanceof ServerChannel && !isWatched(channel)) {
                    channel.pipeline().addFirst(new Accepted());
                  }
                }));
      }
    }
  }

  private static boolean isWatched(Channel listening) {
    return listening.pipeline().get(Accepted.class) != null;
  }

  @ChannelHandler.Sharable
  private final class Accepted extends ChannelInboundHandlerAdapter {
    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      if (message instanceof Channel accepted) {
        connections.opened(accepted);
      }
      context.fireChannelRead(message);
    }
  }

  private void follow(RoutingContext context) {
    of(context.request())
        .ifPresent(connection -> {
          Runnable complete = connection.reading();
          if (hasBody(context.request())) {
            context.request().end().onSuccess(ended -> complete.run());
          } else {
            // A handler that expects no body may leave the request paused, and its end is not seen.
            complete.run();
          }
          context.addEndHandler(ended -> connection.answered());
        });
    context.next();
  }

  /** See RFC 9112, section 6.3. */
  private static boolean hasBody(HttpServerRequest request) {
    String length = request.getHeader(HttpHeaders.CONTENT_LENGTH);
    return (length != null && !length.equals("0"))
        || request.headers().contains(HttpHeaders.TRANSFER_ENCODING);
  }

  private Optional<Connections.Connection> of(HttpServerRequest request) {
    return request.connection() instanceof ConnectionBase connection
        ? connections.of(connection.channel())
        : Optional.empty();
  }
}
