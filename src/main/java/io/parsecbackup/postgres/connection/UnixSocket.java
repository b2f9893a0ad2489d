package io.parsecbackup.postgres.connection;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketOption;
import java.net.SocketTimeoutException;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A {@link Socket} over a Unix socket with all that the JDBC driver uses: read timeouts, closing
 * from another thread, and TCP options without effect. Java has channels for Unix sockets, but no
 * {@code Socket} and no read timeouts for them.
 */
final class UnixSocket extends Socket {

  private final UnixDomainSocketAddress address;
  private final SocketChannel channel;
  private final UnixSocketStreams streams;
  private volatile int readTimeout;
  private volatile boolean keepAlive;
  private volatile boolean noDelay;

  UnixSocket(UnixDomainSocketAddress address) throws IOException {
    this.address = address;
    channel = SocketChannel.open(StandardProtocolFamily.UNIX);
    streams = new UnixSocketStreams(channel, () -> readTimeout);
  }

  @Override
  public void connect(SocketAddress endpoint) throws IOException {
    connect(endpoint, 0);
  }

  /**
   * Connects to the socket's path.
   *
   * @param endpoint ignored: the driver knows the server by host and port
   * @param timeout in milliseconds, 0 for none; a connect to a Unix socket also blocks if the
   *     server does not accept connections
   */
  @Override
  public void connect(SocketAddress endpoint, int timeout) throws IOException {
    AtomicBoolean decided = new AtomicBoolean();
    Thread guard =
        Thread.ofVirtual()
            .unstarted(() -> {
              try {
                Thread.sleep(Duration.ofMillis(timeout));
                if (decided.compareAndSet(false, true)) {
                  channel.close();
                }
              } catch (InterruptedException | IOException connectedOrClosed) {
                Thread.currentThread().interrupt();
              }
            });
    if (timeout > 0) {
      guard.start();
    }
    try {
      channel.connect(address);
      if (!decided.compareAndSet(false, true)) {
        throw new AsynchronousCloseException();
      }
      streams.start();
    } catch (AsynchronousCloseException e) {
      throw new SocketTimeoutException("No answer at the socket " + address + " in time");
    } catch (IOException e) {
      // Not a ConnectException, for which the driver's message mentions host name and TCP/IP.
      SocketException named =
          new SocketException("Cannot connect to the socket " + address + ": " + e.getMessage());
      named.initCause(e);
      throw named;
    } finally {
      guard.interrupt();
    }
  }

  @Override
  public InputStream getInputStream() throws IOException {
    return streams.input();
  }

  @Override
  public OutputStream getOutputStream() throws IOException {
    return streams.output();
  }

  @Override
  public void close() throws IOException {
    streams.close();
  }

  @Override
  public void bind(SocketAddress local) {
    // The client's end of a Unix socket has no address.
  }

  @Override
  public boolean isConnected() {
    return channel.isConnected();
  }

  @Override
  public boolean isBound() {
    return channel.isConnected();
  }

  @Override
  public boolean isClosed() {
    return !channel.isOpen();
  }

  @Override
  public void shutdownInput() throws IOException {
    channel.shutdownInput();
  }

  @Override
  public void shutdownOutput() throws IOException {
    channel.shutdownOutput();
  }

  @Override
  public SocketAddress getRemoteSocketAddress() {
    return address;
  }

  @Override
  public void setSoTimeout(int timeout) {
    readTimeout = timeout;
  }

  @Override
  public int getSoTimeout() {
    return readTimeout;
  }

  @Override
  public void setTcpNoDelay(boolean on) {
    noDelay = on;
  }

  @Override
  public boolean getTcpNoDelay() {
    return noDelay;
  }

  @Override
  public void setKeepAlive(boolean on) {
    keepAlive = on;
  }

  @Override
  public boolean getKeepAlive() {
    return keepAlive;
  }

  @Override
  public void setSendBufferSize(int size) throws SocketException {
    setOption(StandardSocketOptions.SO_SNDBUF, size);
  }

  @Override
  public int getSendBufferSize() throws SocketException {
    return getOption(StandardSocketOptions.SO_SNDBUF);
  }

  @Override
  public void setReceiveBufferSize(int size) throws SocketException {
    setOption(StandardSocketOptions.SO_RCVBUF, size);
  }

  @Override
  public int getReceiveBufferSize() throws SocketException {
    return getOption(StandardSocketOptions.SO_RCVBUF);
  }

  @Override
  public <T> Socket setOption(SocketOption<T> name, T value) throws SocketException {
    try {
      channel.setOption(name, value);
      return this;
    } catch (IOException e) {
      throw closed(e);
    }
  }

  @Override
  public <T> T getOption(SocketOption<T> name) throws SocketException {
    try {
      return channel.getOption(name);
    } catch (IOException e) {
      throw closed(e);
    }
  }

  @Override
  public Set<SocketOption<?>> supportedOptions() {
    return channel.supportedOptions();
  }

  @Override
  public String toString() {
    return "UnixSocket[" + address + "]";
  }

  private static SocketException closed(IOException cause) {
    SocketException closed = new SocketException("Socket closed");
    closed.initCause(cause);
    return closed;
  }
}
