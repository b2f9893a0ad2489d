package io.parsecbackup.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/** Accepts TLS on its own port and forwards the plain bytes to a server. */
public final class TlsFront implements AutoCloseable {

  private final ServerSocket listener;

  private TlsFront(ServerSocket listener) {
    this.listener = listener;
  }

  /** Opens a port in front of a server, with a certificate. */
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

  /** Copies bytes until one side closes its connection, then closes both. */
  static void pass(Socket from, Socket to) {
    try (from;
        to) {
      from.getInputStream().transferTo(to.getOutputStream());
    } catch (IOException gone) {
      // One side has closed its connection; both are closed now.
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
