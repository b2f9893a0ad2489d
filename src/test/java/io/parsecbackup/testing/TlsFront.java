package io.parsecbackup.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/** Takes TLS on a port of its own and passes the rest on to a server in the clear. */
public final class TlsFront implements AutoCloseable {

  private final ServerSocket listener;

  private TlsFront(ServerSocket listener) {
    this.listener = listener;
  }

  /** In front of a server, with a certificate. */
  public static TlsFront before(URI server, TestCertificate certificate) throws Exception {
    KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
    keys.init(certificate.store(), TestCertificate.PASSWORD.toCharArray());
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), null, null);
    TlsFront front = new TlsFront(context.getServerSocketFactory().createServerSocket(0));
    Thread.ofVirtual().start(() -> front.accept(server));
    return front;
  }

  public int port() {
    return listener.getLocalPort();
  }

  private void accept(URI server) {
    while (!listener.isClosed()) {
      try {
        Socket client = listener.accept();
        Socket upstream = new Socket(server.getHost(), server.getPort());
        Thread.ofVirtual().start(() -> pass(client, upstream));
        Thread.ofVirtual().start(() -> pass(upstream, client));
      } catch (IOException closing) {
        return;
      }
    }
  }

  /** Until one of the two closes: then both are closed. */
  static void pass(Socket from, Socket to) {
    try (from;
        to) {
      from.getInputStream().transferTo(to.getOutputStream());
    } catch (IOException gone) {
      // One of the two has closed: now both have.
    }
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
