package io.parsecbackup.testing;

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
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** A proxy as companies run them: CONNECT for TLS, absolute URLs for plain HTTP, and a password. */
public final class ForwardProxy implements AutoCloseable {

  private final ServerSocket listener;
  private final Optional<String> credentials;
  private final Queue<String> requests = new ConcurrentLinkedQueue<>();

  private ForwardProxy(ServerSocket listener, Optional<String> credentials) {
    this.listener = listener;
    this.credentials = credentials;
  }

  /**
   * A proxy on its own port.
   *
   * @param credentials name and password with a colon between them; the proxy refuses requests
   *     without them
   */
  public static ForwardProxy open(Optional<String> credentials) {
    try {
      ForwardProxy proxy =
          new ForwardProxy(new ServerSocket(0, 100, InetAddress.getLoopbackAddress()), credentials);
      Thread.ofVirtual().start(proxy::accept);
      return proxy;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public int port() {
    return listener.getLocalPort();
  }

  /** Method and target of each request that it forwarded. */
  public List<String> requests() {
    return List.copyOf(requests);
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket client = listener.accept();
        Thread.ofVirtual().start(() -> serve(client));
      } catch (IOException closing) {
        return;
      }
    }
  }

  private void serve(Socket client) {
    try {
      InputStream in = new BufferedInputStream(client.getInputStream());
      OutputStream out = new BufferedOutputStream(client.getOutputStream());
      Optional<S3Request> next = Http.readRequest(in, out);
      while (next.isPresent()) {
        S3Request request = next.get();
        if (!isAllowed(request)) {
          answer(
              out,
              new S3Response(407, List.of(Map.entry("Proxy-Authenticate", "Basic")), new byte[0]));
        } else if (request.method().equals("CONNECT")) {
          requests.add("CONNECT " + request.target());
          tunnel(client, out, URI.create("http://" + request.target()));
          return;
        } else {
          requests.add(request.method() + " " + request.target());
          answer(out, forward(request));
        }
        next = Http.readRequest(in, out);
      }
    } catch (IOException gone) {
      // The client has closed its connection.
    }
  }

  private boolean isAllowed(S3Request request) {
    return credentials.isEmpty()
        || request
            .header("Proxy-Authorization")
            .filter(
                ("Basic "
                        + Base64.getEncoder()
                            .encodeToString(credentials.get().getBytes(StandardCharsets.UTF_8)))
                    ::equals)
            .isPresent();
  }

  private static void tunnel(Socket client, OutputStream out, URI to) throws IOException {
    Socket server = new Socket(to.getHost(), to.getPort());
    out.write("HTTP/1.1 200 Connected\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
    out.flush();
    Thread.ofVirtual().start(() -> TlsFront.pass(server, client));
    TlsFront.pass(client, server);
  }

  private static S3Response forward(S3Request request) throws IOException {
    URI url = URI.create(request.target());
    String target = request.target().substring(("http://" + url.getRawAuthority()).length());
    try (Socket server = new Socket(url.getHost(), url.getPort())) {
      Http.writeRequest(
          new BufferedOutputStream(server.getOutputStream()),
          new S3Request(request.method(), target, request.headers(), request.body()));
      return Http.readResponse(new BufferedInputStream(server.getInputStream()), true);
    }
  }

  private static void answer(OutputStream out, S3Response response) throws IOException {
    Http.writeHead(out, response, true);
    out.write(response.body());
    out.flush();
  }

  @Override
  public void close() {
    try {
      listener.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
