package io.parsecbackup.testing;

import io.parsecbackup.testing.S3Request.Kind;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Stands between a client and an HTTP server. Does a {@link Fault} to each request that a {@link
 * FaultRule} selects, forwards all others unchanged, and records every request. It keeps the
 * client's Host header, so signatures stay valid.
 */
public final class FaultyProxy implements AutoCloseable {

  private final URI server;
  private final ServerSocket listener;
  private final List<FaultRule> rules = new CopyOnWriteArrayList<>();
  private final Queue<S3Request> seen = new ConcurrentLinkedQueue<>();
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final Map<Kind, AtomicInteger> inFlight = new ConcurrentHashMap<>();
  private final Map<Kind, Integer> mostInFlight = new ConcurrentHashMap<>();
  private final CountDownLatch closed = new CountDownLatch(1);

  private FaultyProxy(URI server, ServerSocket listener) {
    this.server = server;
    this.listener = listener;
  }

  /** A proxy without rules in front of a server, on its own port. */
  public static FaultyProxy before(URI server) {
    try {
      FaultyProxy proxy =
          new FaultyProxy(server, new ServerSocket(0, 1024, InetAddress.getLoopbackAddress()));
      Thread.ofVirtual().name("faulty-proxy").start(proxy::accept);
      return proxy;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public URI endpoint() {
    return URI.create("http://127.0.0.1:" + listener.getLocalPort());
  }

  /** From now on, requests that match get this fault; the first rule that strikes wins. */
  public FaultRule when(Predicate<S3Request> matches, Fault fault) {
    FaultRule rule = new FaultRule(matches, fault);
    rules.add(rule);
    return rule;
  }

  public FaultRule when(Kind kind, Fault fault) {
    return when(request -> request.kind() == kind, fault);
  }

  public FaultRule when(Kind kind, String key, Fault fault) {
    return when(request -> request.kind() == kind && request.key().equals(key), fault);
  }

  /** Removes all rules and all recorded requests. */
  public void reset() {
    rules.clear();
    seen.clear();
    mostInFlight.clear();
  }

  /** The number of requests of this kind, including those that got a fault. */
  public int count(Kind kind) {
    return (int) seen.stream().filter(request -> request.kind() == kind).count();
  }

  /** The keys of all GET requests, in order, with repetitions. */
  public List<String> fetched() {
    return seen.stream()
        .filter(request -> request.kind() == Kind.GET_OBJECT)
        .map(S3Request::key)
        .toList();
  }

  /** All requests, in order. */
  public List<S3Request> requests() {
    return List.copyOf(seen);
  }

  /** The largest number of requests of this kind that ran at the same time. */
  public int mostInFlight(Kind kind) {
    return mostInFlight.getOrDefault(kind, 0);
  }

  @Override
  public void close() {
    closed.countDown();
    try {
      listener.close();
      for (Socket socket : open) {
        socket.close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket client = listener.accept();
        open.add(client);
        Thread.ofVirtual().start(() -> serve(client));
      } catch (IOException closing) {
        return;
      }
    }
  }

  private void serve(Socket client) {
    try (client;
        Upstream upstream = new Upstream(server);
        InputStream in = new BufferedInputStream(client.getInputStream());
        OutputStream out = new BufferedOutputStream(client.getOutputStream(), 1 << 16)) {
      client.setTcpNoDelay(true);
      boolean keepOpen = true;
      while (keepOpen) {
        Optional<S3Request> request = Http.readRequest(in, out);
        keepOpen = request.isPresent() && passOn(request.get(), client, out, upstream);
      }
    } catch (IOException gone) {
      // One side has closed its connection: close both.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      open.remove(client);
    }
  }

  private boolean passOn(S3Request request, Socket client, OutputStream out, Upstream upstream)
      throws IOException, InterruptedException {
    seen.add(request.withoutBody());
    Kind kind = request.kind();
    AtomicInteger alike = inFlight.computeIfAbsent(kind, first -> new AtomicInteger());
    mostInFlight.merge(kind, alike.incrementAndGet(), Math::max);
    try {
      Optional<Fault> fault =
          rules.stream().filter(rule -> rule.strikes(request)).findFirst().map(FaultRule::fault);
      if (fault.isPresent()) {
        return strike(fault.get(), request, client, out, upstream);
      }
      send(out, upstream.ask(request), request);
      return true;
    } finally {
      alike.decrementAndGet();
    }
  }

  /** Does the fault; returns whether the connection stays open. */
  private boolean strike(
      Fault fault, S3Request request, Socket client, OutputStream out, Upstream upstream)
      throws IOException, InterruptedException {
    return switch (fault) {
      case Fault.Answer(S3Response response) -> {
        send(out, response, request);
        yield true;
      }
      case Fault.Rewrite(UnaryOperator<S3Response> change) -> {
        send(out, change.apply(upstream.ask(request)), request);
        yield true;
      }
      case Fault.Delay(Duration time) -> {
        boolean keepOpen = !closed.await(time.toNanos(), TimeUnit.NANOSECONDS);
        if (keepOpen) {
          send(out, upstream.ask(request), request);
        }
        yield keepOpen;
      }
      case Fault.Hang() -> {
        closed.await();
        yield false;
      }
      case Fault.Drop() -> false;
      case Fault.OnTheWire(WireScript script) -> {
        script.play(request, new WireScript.Wire(out, closed));
        yield false;
      }
      case Fault.Cut(int bytes) -> {
        sendPart(out, upstream.ask(request), bytes, request);
        yield false;
      }
      case Fault.Reset(int bytes) -> {
        sendPart(out, upstream.ask(request), bytes, request);
        client.setSoLinger(true, 0);
        client.close();
        yield false;
      }
    };
  }

  private static void send(OutputStream out, S3Response response, S3Request request)
      throws IOException {
    boolean withBody = !request.method().equals("HEAD");
    Http.writeHead(out, response, withBody);
    if (withBody) {
      out.write(response.body());
    }
    out.flush();
  }

  private static void sendPart(OutputStream out, S3Response response, int bytes, S3Request request)
      throws IOException {
    Http.writeHead(out, response, !request.method().equals("HEAD"));
    out.write(response.body(), 0, Math.min(bytes, response.body().length));
    out.flush();
  }

  /** The connection to the server for one client's connection. */
  private static final class Upstream implements AutoCloseable {

    private final URI server;
    private @Nullable Socket socket;
    private InputStream in = InputStream.nullInputStream();

    Upstream(URI server) {
      this.server = server;
    }

    /** Retries on a new connection if the server has closed the last one. */
    S3Response ask(S3Request request) throws IOException {
      if (socket != null) {
        try {
          return ask(socket, request);
        } catch (IOException idleForTooLong) {
          socket.close();
        }
      }
      Socket fresh = new Socket(server.getHost(), server.getPort());
      fresh.setTcpNoDelay(true);
      socket = fresh;
      in = new BufferedInputStream(fresh.getInputStream(), 1 << 16);
      return ask(fresh, request);
    }

    private S3Response ask(Socket to, S3Request request) throws IOException {
      Http.writeRequest(new BufferedOutputStream(to.getOutputStream(), 1 << 16), request);
      return Http.readResponse(in, !request.method().equals("HEAD"));
    }

    @Override
    public void close() throws IOException {
      if (socket != null) {
        socket.close();
      }
    }
  }
}
