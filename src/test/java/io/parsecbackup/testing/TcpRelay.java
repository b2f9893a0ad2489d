package io.parsecbackup.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Stands between clients and a server on this machine and passes bytes on. After {@link
 * #fallSilent} connections stay open and new ones are accepted, but no bytes pass.
 */
public final class TcpRelay implements AutoCloseable {

  /** Passes what one side sends on to the other, until either side closes its connection. */
  @FunctionalInterface
  interface Direction {
    void pass(Socket from, Socket to) throws IOException;
  }

  private final ServerSocket listener;
  private final int server;
  private final Direction toServer;
  private final Direction toClient;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private volatile boolean silent;

  /** A relay to a port of this machine, on its own port. */
  public TcpRelay(int server) {
    this.server = server;
    this.toServer = this::copy;
    this.toClient = this::copy;
    this.listener = listen();
    Thread.ofVirtual().name("tcp-relay").start(this::accept);
  }

  /** A relay that understands the protocol and can change what it passes on. */
  TcpRelay(int server, Direction toServer, Direction toClient) {
    this.server = server;
    this.toServer = toServer;
    this.toClient = toClient;
    this.listener = listen();
    Thread.ofVirtual().name("tcp-relay").start(this::accept);
  }

  private static ServerSocket listen() {
    try {
      return new ServerSocket(0, 64, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public int port() {
    return listener.getLocalPort();
  }

  public void fallSilent() {
    silent = true;
  }

  private void accept() {
    try {
      while (true) {
        Socket client = listener.accept();
        open.add(client);
        Socket behind = new Socket(InetAddress.getLoopbackAddress(), server);
        open.add(behind);
        Thread.ofVirtual().start(() -> pass(toServer, client, behind));
        Thread.ofVirtual().start(() -> pass(toClient, behind, client));
      }
    } catch (IOException closed) {
      close();
    }
  }

  private static void pass(Direction direction, Socket from, Socket to) {
    try (from;
        to) {
      direction.pass(from, to);
    } catch (IOException ended) {
      // Either side has closed its connection.
    }
  }

  private void copy(Socket from, Socket to) throws IOException {
    InputStream in = from.getInputStream();
    OutputStream out = to.getOutputStream();
    byte[] buffer = new byte[8192];
    for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
      if (!silent) {
        out.write(buffer, 0, n);
      }
    }
  }

  @Override
  public void close() {
    try {
      listener.close();
      for (Socket socket : open) {
        socket.close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
