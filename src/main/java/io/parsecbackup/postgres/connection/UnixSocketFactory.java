package io.parsecbackup.postgres.connection;

import io.quarkus.runtime.annotations.RegisterForReflection;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.UnixDomainSocketAddress;
import javax.net.SocketFactory;

/**
 * Lets the JDBC driver reach the server through a Unix socket. The driver makes it by its name (the
 * property {@code socketFactory}), so a native program has to keep it.
 */
@RegisterForReflection
public final class UnixSocketFactory extends SocketFactory {

  private final UnixDomainSocketAddress address;

  /**
   * Serves one socket, whatever host and port are asked for.
   *
   * @param path the socket's path, which the driver takes from the property {@code
   *     socketFactoryArg}
   */
  public UnixSocketFactory(String path) {
    address = UnixDomainSocketAddress.of(path);
  }

  /** A socket that is not connected yet. */
  @Override
  public Socket createSocket() throws IOException {
    return new UnixSocket(address);
  }

  @Override
  public Socket createSocket(String host, int port) throws IOException {
    return connected();
  }

  @Override
  public Socket createSocket(String host, int port, InetAddress localHost, int localPort)
      throws IOException {
    return connected();
  }

  @Override
  public Socket createSocket(InetAddress host, int port) throws IOException {
    return connected();
  }

  @Override
  public Socket createSocket(InetAddress address, int port, InetAddress localAddress, int localPort)
      throws IOException {
    return connected();
  }

  private Socket connected() throws IOException {
    UnixSocket socket = new UnixSocket(address);
    try {
      socket.connect(address);
      return socket;
    } catch (IOException | RuntimeException e) {
      socket.close();
      throw e;
    }
  }
}
