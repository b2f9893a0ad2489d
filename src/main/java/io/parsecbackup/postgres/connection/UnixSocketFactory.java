package io.parsecbackup.postgres.connection;

import io.quarkus.runtime.annotations.RegisterForReflection;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.UnixDomainSocketAddress;
import javax.net.SocketFactory;

/**
 * Connects the JDBC driver to the server through a Unix socket. The driver creates it by its class
 * name (the property {@code socketFactory}), so a native program must keep it.
 */
@RegisterForReflection
public final class UnixSocketFactory extends SocketFactory {

  private final UnixDomainSocketAddress address;

  /**
   * For one socket, whatever host and port are requested.
   *
   * @param path the socket's path, from the driver's property {@code socketFactoryArg}
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
