package io.parsecbackup.api.access;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A real server on a real port, with clients on raw sockets. */
class ConnectionGuardTest {

  private static final int MOST = 8;

  private final Vertx vertx = Vertx.vertx();
  private final List<Socket> sockets = new ArrayList<>();
  private final CompletableFuture<RoutingContext> held = new CompletableFuture<>();
  private int port;

  private Connections serve(Connections.Times times) throws Exception {
    Connections connections = new Connections(MOST, times);
    ConnectionGuard guard = new ConnectionGuard(vertx, connections);
    Router router = Router.router(vertx);
    guard.follow(router);
    router.route("/live").handler(BodyHandler.create(false));
    router.route("/live").handler(context -> context.response().end("up"));
    router
        .route("/events")
        .handler(context -> {
          // As Quarkus may leave it for a call that accepts no body.
          context.request().pause();
          context.response().setChunked(true).write("first");
          held.complete(context);
        });
    HttpServer server =
        vertx
            .createHttpServer()
            .requestHandler(router)
            .listen(0, "127.0.0.1")
            .toCompletionStage()
            .toCompletableFuture()
            .get(10, TimeUnit.SECONDS);
    port = server.actualPort();
    guard.watchListeners();
    // The guard watches a connection as soon as it counts it.
    Awaitility.await()
        .until(() -> {
          try (Socket _ = connect()) {
            return connections.count() > 0;
          }
        });
    Awaitility.await().until(() -> connections.count() == 0);
    return connections;
  }

  @AfterEach
  void stop() throws Exception {
    for (Socket socket : sockets) {
      socket.close();
    }
    vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
  }

  private Socket connect() throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setSoTimeout(10_000);
    sockets.add(socket);
    return socket;
  }

  private static void send(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
    socket.getOutputStream().flush();
  }

  private static boolean isClosed(Socket socket) throws IOException {
    try {
      return socket.getInputStream().read() < 0;
    } catch (SocketException e) {
      return true;
    }
  }

  private static boolean answers(Socket socket) throws IOException {
    send(socket, "GET /live HTTP/1.1\r\nHost: x\r\n\r\n");
    byte[] answer = new byte[12];
    InputStream in = socket.getInputStream();
    return in.readNBytes(answer, 0, answer.length) == answer.length
        && new String(answer, StandardCharsets.US_ASCII).equals("HTTP/1.1 200");
  }

  @Test
  void answersAProbeHoweverManyConnectionsAreIdle() throws Exception {
    Connections connections = serve(Connections.Times.USUAL);
    Socket stream = connect();
    send(stream, "GET /events HTTP/1.1\r\nHost: x\r\n\r\n");
    RoutingContext events = held.get(10, TimeUnit.SECONDS);
    for (int i = 0; i < 10 * MOST; i++) {
      Socket slow = connect();
      if (i % 2 == 0) {
        send(slow, "GET /live HTTP/1.1\r\nHost:");
      }
    }
    assertTrue(answers(connect()));
    assertTrue(connections.count() <= MOST, "open: " + connections.count());
    assertTrue(isClosed(sockets.get(sockets.indexOf(stream) + 1)), "the one idle for longest");
    // The guard closes an active stream last.
    String first = "";
    while (!first.endsWith("first")) {
      first += (char) stream.getInputStream().read();
    }
    events.response().write("second");
    assertTrue(stream.getInputStream().read() >= 0);
  }

  @Test
  void closesSlowConnectionsButNoneThatIsBeingAnswered() throws Exception {
    serve(new Connections.Times(Duration.ofMillis(300), Duration.ofMillis(300)));
    Socket stream = connect();
    send(stream, "GET /events HTTP/1.1\r\nHost: x\r\n\r\n");
    RoutingContext events = held.get(10, TimeUnit.SECONDS);
    Socket idle = connect();
    Socket header = connect();
    Socket body = connect();
    Socket kept = connect();
    assertTrue(answers(kept));
    send(header, "GET /live HT");
    send(body, "POST /live HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n");
    long began = System.nanoTime();
    // Each byte is less than the time limit after the one before.
    Awaitility.await()
        .pollInterval(Duration.ofMillis(100))
        .atMost(Duration.ofSeconds(10))
        .until(() -> refuses(header, "T") && refuses(body, "x"));
    assertTrue(isClosed(idle));
    while (!isClosed(kept)) {
      assertTrue(System.nanoTime() - began < Duration.ofSeconds(10).toNanos());
    }
    assertFalse(events.response().closed());
    events.response().end();
    assertEquals('H', stream.getInputStream().read());
  }

  private static boolean refuses(Socket socket, String more) {
    try {
      send(socket, more);
      return false;
    } catch (IOException e) {
      return true;
    }
  }

  @Test
  void readsTheLimitOfLinux() {
    assertEquals(
        1024,
        OpenFiles.limit(
                List.of(
                    "Limit                     Soft Limit           Hard Limit           Units",
                    "Max processes             31000                31000                processes",
                    "Max open files            1024                 524288               files"))
            .orElseThrow());
    assertTrue(OpenFiles.limit(List.of("Max open files  unlimited  unlimited  files")).isEmpty());
    assertTrue(Connections.usualLimit() >= 16 && Connections.usualLimit() <= 200);
  }
}
