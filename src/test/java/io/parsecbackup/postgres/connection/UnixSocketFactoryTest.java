package io.parsecbackup.postgres.connection;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class UnixSocketFactoryTest {

  private static final InetSocketAddress ANYWHERE =
      InetSocketAddress.createUnresolved("localhost", 5432);

  @TempDir static Path folder;
  private final Path path = folder.resolve("s" + System.nanoTime());
  private ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);

  UnixSocketFactoryTest() throws IOException {}

  @BeforeEach
  void listen() throws IOException {
    server.bind(UnixDomainSocketAddress.of(path), 1);
  }

  @AfterEach
  void close() throws IOException {
    server.close();
  }

  private Socket connect() throws IOException {
    return new UnixSocketFactory(path.toString()).createSocket("ignored", 1);
  }

  @Test
  void transfersBytesBothWays() throws IOException {
    try (Socket socket = connect();
        SocketChannel peer = server.accept()) {
      assertTrue(socket.isConnected());
      peer.write(ByteBuffer.wrap("hello".getBytes(UTF_8)));
      assertArrayEquals("hello".getBytes(UTF_8), socket.getInputStream().readNBytes(5));
      socket.getOutputStream().write("world".getBytes(UTF_8));
      ByteBuffer received = ByteBuffer.allocate(5);
      while (received.hasRemaining()) {
        peer.read(received);
      }
      assertEquals("world", new String(received.array(), UTF_8));
      peer.shutdownOutput();
      assertEquals(-1, socket.getInputStream().read());
    }
  }

  @Test
  void writesMoreThanTheSocketHolds() throws Exception {
    byte[] much = new byte[8 << 20];
    much[much.length - 1] = 7;
    try (Socket socket = connect();
        SocketChannel peer = server.accept()) {
      CompletableFuture<byte[]> received =
          CompletableFuture.supplyAsync(() -> {
            ByteBuffer all = ByteBuffer.allocate(much.length);
            try {
              while (all.hasRemaining()) {
                peer.read(all);
              }
            } catch (IOException e) {
              throw new IllegalStateException(e);
            }
            return all.array();
          });
      socket.getOutputStream().write(much);
      assertArrayEquals(much, received.get());
    }
  }

  @Test
  void endsAReadAfterItsTimeoutAndStaysUsable() throws IOException {
    try (Socket socket = connect();
        SocketChannel peer = server.accept()) {
      socket.setSoTimeout(20);
      assertThrows(SocketTimeoutException.class, () -> socket.getInputStream().read());
      peer.write(ByteBuffer.wrap(new byte[] {9}));
      assertEquals(9, socket.getInputStream().read());
    }
  }

  @Test
  @SuppressWarnings("try") // closes the socket before its block ends
  void endsTheReadOfAnotherThreadWhenClosed() throws Exception {
    try (Socket socket = connect();
        SocketChannel peer = server.accept()) {
      CompletableFuture<Integer> reading =
          CompletableFuture.supplyAsync(() -> {
            try {
              return socket.getInputStream().read();
            } catch (SocketException closed) {
              return -2;
            } catch (IOException e) {
              throw new IllegalStateException(e);
            }
          });
      assertThrows(TimeoutException.class, () -> reading.get(100, TimeUnit.MILLISECONDS));
      socket.close();
      assertEquals(-2, reading.get());
      assertTrue(socket.isClosed());
      assertTrue(peer.isOpen());
    }
  }

  @Test
  void survivesAnInterrupt() throws IOException {
    try (Socket socket = connect();
        SocketChannel peer = server.accept()) {
      socket.setSoTimeout(50);
      Thread.currentThread().interrupt();
      assertThrows(SocketTimeoutException.class, () -> socket.getInputStream().read());
      assertTrue(Thread.interrupted());
      assertFalse(socket.isClosed());
      assertTrue(peer.isOpen());
    }
  }

  @Test
  void endsAConnectAfterItsTimeout() throws IOException {
    List<Socket> waiting = new ArrayList<>();
    try {
      assertThrows(
          SocketTimeoutException.class,
          () -> {
            // Nothing accepts the connections: the queue fills, and then a connect waits.
            for (int i = 0; i < 10; i++) {
              Socket socket = new UnixSocketFactory(path.toString()).createSocket();
              waiting.add(socket);
              socket.connect(ANYWHERE, 100);
            }
          });
    } finally {
      for (Socket socket : waiting) {
        socket.close();
      }
    }
  }

  @Test
  void namesAMissingSocket() {
    UnixSocketFactory factory = new UnixSocketFactory(folder.resolve("none").toString());
    IOException failed = assertThrows(IOException.class, () -> factory.createSocket("h", 1));
    String message = String.valueOf(failed.getMessage());
    assertTrue(message.contains(folder.resolve("none").toString()), message);
  }

  @Test
  void acceptsTheOptionsThatTheDriverSets() throws IOException {
    try (Socket socket = connect()) {
      socket.setTcpNoDelay(true);
      socket.setKeepAlive(true);
      assertTrue(socket.getTcpNoDelay());
      assertTrue(socket.getKeepAlive());
      socket.setSendBufferSize(64 << 10);
      assertTrue(socket.getSendBufferSize() > 0);
      socket.setReceiveBufferSize(64 << 10);
      assertTrue(socket.getReceiveBufferSize() > 0);
    }
  }
}
